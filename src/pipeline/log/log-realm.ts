import { InputError } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { decodeMeasurement } from '../../core/ooni/decode/decode.ts'
import { parseJson } from '../../core/ooni/json.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { unlessAway } from '../../store/warehouse/away.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'

/** What is asked to know of which realm the data of a folder are. */
export interface RealmParts {
  readonly archive: Pick<Archive, 'size' | 'scan'>
  readonly warehouse: Pick<Warehouse, 'hasReal' | 'hasSimulated' | 'missingLeaves'>
  /** Reads the realm of a measurement outside this thread; absent: `realmOf`. */
  readonly readRealm?: (bytes: Uint8Array) => Promise<Realm | undefined>
}

/** Realms of which measurements are in a folder, judged or not: none, one or both. */
export async function realmsOf(parts: RealmParts): Promise<ReadonlySet<Realm>> {
  const realms = new Set<Realm>()
  if (await parts.warehouse.hasReal()) realms.add('real')
  if (await parts.warehouse.hasSimulated()) realms.add('simulated')
  for await (const { realm } of unjudged(parts, { from: 0, until: parts.archive.size })) realms.add(realm)
  return realms
}

/** What a log is given as its guard: throws InputError where a leaf in the range is of the other realm. */
export function realmGuard(parts: RealmParts, realm: Realm): (from: number, until: number) => Promise<void> {
  return async (from, until) => {
    const { warehouse } = parts
    // Away, it has taken in nothing either: its own rows were looked at before.
    if (await unlessAway(realm === 'real' ? warehouse.hasSimulated() : warehouse.hasReal(), false))
      throw otherRealm(realm)
    for await (const found of unjudged(parts, { from, until }))
      if (found.realm !== realm) throw otherRealm(realm, found.leafIndex)
  }
}

/** Refusal of data of the other realm. */
export const otherRealm = (realm: Realm, leafIndex?: number): InputError =>
  new InputError(
    `Cannot log ${leafIndex === undefined ? 'this folder' : `leaf ${leafIndex}`}: its log is of ${realm} measurements, and it holds ${realm === 'real' ? 'simulated' : 'real'} ones`,
    { code: 'log.realm', path: 'folder', expected: `${realm} measurements only; others go into a folder of their own` },
  )

/**
 * Archived measurements that the warehouse knows nothing of yet, with their realm; what says nothing we decode is of
 * none.
 */
async function* unjudged(
  { archive, warehouse, readRealm = async (bytes) => realmOf(bytes) }: RealmParts,
  range: { readonly from: number; readonly until: number },
): AsyncGenerator<{ readonly leafIndex: number; readonly realm: Realm }, void, undefined> {
  // From where the tree ends: over millions of leaves the whole question takes seconds.
  // A warehouse that is away knows nothing of them: all are read.
  for (const gap of await unlessAway(warehouse.missingLeaves(range.until, range.from), [range])) {
    for await (const archived of archive.scan(gap.from)) {
      if (archived.leafIndex >= gap.until) break
      const realm = archived.kind === 'blob' ? await readRealm(archived.bytes) : undefined
      if (realm !== undefined) yield { leafIndex: archived.leafIndex, realm }
    }
  }
}

/** Realm of a measurement, as its head says; undefined for bytes that say nothing we decode. */
export function realmOf(bytes: Uint8Array): Realm | undefined {
  try {
    const decoded = decodeMeasurement(parseJson(bytes))
    if (decoded.kind === 'aside') return undefined
    return decoded.head.simulated ? 'simulated' : 'real'
  } catch (error) {
    if (error instanceof InputError) return undefined
    throw error
  }
}
