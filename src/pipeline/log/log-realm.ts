import { InputError, orUndefined } from '../../core/model/errors.ts'
import type { Realm } from '../../core/model/log-entry.ts'
import { decodeMeasurement } from '../../core/ooni/decode/decode.ts'
import { parseJson } from '../../core/ooni/json.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { unlessAway } from '../../store/warehouse/away.ts'
import type { LeafRange, Warehouse } from '../../store/warehouse/contract.ts'

/** What is asked to know of which realm the data of a folder are. */
export interface RealmParts {
  readonly archive: Pick<Archive, 'size' | 'scan'>
  readonly warehouse: Pick<Warehouse, 'hasReal' | 'hasSimulated' | 'missingLeaves'>
  /** Reads the realm of a measurement outside this thread; absent: `realmOf`. */
  readonly readRealm?: (bytes: Uint8Array) => Promise<Realm | undefined>
}

const REALMS: readonly Realm[] = ['real', 'simulated']
/** Leaves that are read instead of asking a warehouse that is away: what a log signs at once, some 16 seconds. */
const MOST_READ = 65_536

/** Realms of which measurements are in a folder, judged or not: none, one or both. */
export async function realmsOf(parts: RealmParts): Promise<ReadonlySet<Realm>> {
  const realms = new Set<Realm>()
  for await (const { realm } of foundIn(parts, { from: 0, until: parts.archive.size }, REALMS)) {
    realms.add(realm)
    if (realms.size === REALMS.length) break
  }
  return realms
}

/** What a log is given as its guard: throws InputError where a leaf in the range is of the other realm. */
export function realmGuard(parts: RealmParts, realm: Realm): (from: number, until: number) => Promise<void> {
  const others = REALMS.filter((one) => one !== realm)
  return async (from, until) => {
    for await (const found of foundIn(parts, { from, until }, others))
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
 * Which of the realms asked for are in the warehouse, then archived measurements that it knows nothing of yet, with their
 * realm; what says nothing we decode is of none. While the warehouse is away, the archive alone is asked, if that does not
 * take long: for a log that goes on, its guard has seen what is before the range.
 */
async function* foundIn(
  { archive, warehouse, readRealm = async (bytes) => realmOf(bytes) }: RealmParts,
  range: LeafRange,
  asked: readonly Realm[],
): AsyncGenerator<{ readonly leafIndex?: number; readonly realm: Realm }, void, undefined> {
  // One answer or none: half of one from before it was away, and half from after, would leave measurements out.
  const answer = judged(warehouse, range, asked)
  const isShort = range.until - range.from <= MOST_READ
  const { held, gaps } = await (isShort ? unlessAway(answer, { held: [], gaps: [range] }) : answer)
  for (const realm of held) yield { realm }
  for (const gap of gaps) {
    for await (const archived of archive.scan(gap.from)) {
      if (archived.leafIndex >= gap.until) break
      const realm = archived.kind === 'blob' ? await readRealm(archived.bytes) : undefined
      if (realm !== undefined) yield { leafIndex: archived.leafIndex, realm }
    }
  }
}

/** Gaps are asked for first: what is judged meanwhile is in one of them, or seen by its row. */
async function judged(
  warehouse: RealmParts['warehouse'],
  { from, until }: LeafRange,
  asked: readonly Realm[],
): Promise<{ readonly held: readonly Realm[]; readonly gaps: readonly LeafRange[] }> {
  // From where the tree ends: over millions of leaves the whole question takes seconds.
  const gaps = await warehouse.missingLeaves(until, from)
  const held: Realm[] = []
  for (const realm of asked)
    if (await (realm === 'real' ? warehouse.hasReal() : warehouse.hasSimulated())) held.push(realm)
  return { held, gaps }
}

/** Realm of a measurement, as its head says; undefined for bytes that say nothing we decode. */
export function realmOf(bytes: Uint8Array): Realm | undefined {
  const decoded = orUndefined(() => decodeMeasurement(parseJson(bytes)))
  if (decoded === undefined || decoded.kind === 'aside') return undefined
  return decoded.head.simulated ? 'simulated' : 'real'
}
