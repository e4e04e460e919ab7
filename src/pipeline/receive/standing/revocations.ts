import { defined } from '../../../core/model/defined.ts'
import type { Provenance } from '../../../core/model/measured/measurement.ts'
import { COUNTED_STANDINGS, formatSubmittedBy, parseSubmittedBy } from '../../../core/model/standing.ts'
import type { Archive, Archived } from '../../../store/archive/contract.ts'
import { dayNumber } from './standings.ts'
import type { KeyRow, Registry } from '../../../store/registry/contract.ts'
import { deviceLabel, wholeLineage } from './lineage.ts'

/** By pseudonym of a key or label of a device, the first day of receipt whose measurements no longer count. */
export type Revocations = ReadonlyMap<string, number>

/** Where a measurement is from, its standing being `revoked` if the operator took back what its sender sent that day. */
export function provenanceNow(provenance: Provenance, revoked: Revocations): Provenance {
  if (revoked.size === 0 || provenance.channel !== 'collector') return provenance
  const by = parseSubmittedBy(provenance.origin)
  if (by === undefined || !COUNTED_STANDINGS.some((one) => one === by.standing)) return provenance
  const { pseudonym, device, edge } = by
  const from = Math.min(...[pseudonym, device].map((name) => revoked.get(name ?? '') ?? Infinity))
  if (dayNumber(provenance.receivedAt) < from) return provenance
  const origin = formatSubmittedBy({ standing: 'revoked', ...defined({ pseudonym, edge }) })
  return { ...provenance, origin }
}

/**
 * An archive as everything reads it that counts: bytes and records are as they were received, and standings are those of
 * now. So a rebuild, a bundle and a page agree on what was revoked.
 */
export function archiveNow(archive: Archive, revoked: () => Revocations): Archive {
  const now = (one: Archived): Archived =>
    one.kind === 'blob' ? { ...one, provenance: provenanceNow(one.provenance, revoked()) } : one
  return {
    get size() {
      return archive.size
    },
    get broken() {
      return archive.broken
    },
    get erasedLeaves() {
      return archive.erasedLeaves
    },
    lengths: () => archive.lengths(),
    append: (items) => archive.append(items),
    appendEntry: (kind, bytes, at) => archive.appendEntry(kind, bytes, at),
    has: (id) => archive.has(id),
    read: async (id) => {
      const found = await archive.read(id)
      return found && now(found)
    },
    leafOf: (id) => archive.leafOf(id),
    readLeaf: async (leaf) => {
      const found = await archive.readLeaf(leaf)
      return found && now(found)
    },
    leaves: (from, until) => archive.leaves(from, until),
    async *scan(from) {
      for await (const one of archive.scan(from)) yield now(one)
    },
    async *frames(from) {
      for await (const one of archive.frames(from))
        yield one.kind === 'frame' ? { ...one, provenance: provenanceNow(one.provenance, revoked()) } : one
    },
    erase: (id, reason, at) => archive.erase(id, reason, at),
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  }
}

/** What a revocation took back. */
interface RevokedLineage {
  /** Keys that count no longer. */
  readonly keys: number
  /** Pseudonyms of these keys and labels of their devices, by which the archive names what they sent. */
  readonly names: readonly string[]
}

/**
 * Takes back a key with its whole lineage, and the invitation of it: heirs that a thief made count no longer either. With
 * `from`, what was received from that day on counts no longer (src/pipeline/receive/standing/revocations.ts).
 */
export function revokeLineage(
  registry: Registry,
  row: KeyRow,
  { from, today }: { readonly from?: number; readonly today: number },
): RevokedLineage {
  return registry.transaction(() => {
    const numbers = row.lineage === undefined ? new Set<string>() : wholeLineage(registry, row.lineage)
    const keys = new Map(
      [row, ...[...numbers].flatMap((one) => registry.keysOf(one))].map((key) => [key.pseudonym, key]),
    )
    for (const key of keys.values()) registry.save({ ...key, grade: 'revoked' })
    for (const invitation of registry.invitations())
      if (numbers.has(invitation.lineage)) registry.saveInvitation({ ...invitation, usesLeft: 0, expiresOn: today - 1 })
    const networks = new Set([...keys.values()].map(({ asn }) => asn))
    const labels = [...numbers].flatMap((number) => [...networks].map((asn) => deviceLabel(number, asn)))
    const names = [...keys.keys(), ...labels]
    if (from !== undefined) for (const name of names) registry.saveRevocation(name, from)
    return { keys: keys.size, names }
  })
}
