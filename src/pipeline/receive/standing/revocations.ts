import { defined } from '../../../core/model/defined.ts'
import type { Provenance } from '../../../core/model/measured/measurement.ts'
import { COUNTED_STANDINGS, formatSubmittedBy, parseSubmittedBy } from '../../../core/model/standing.ts'
import type { Archive, Archived } from '../../../store/archive/contract.ts'
import { dayNumber } from './standings.ts'

/** By pseudonym of a key or label of a device, the first day of receipt whose measurements no longer count. */
export type Revocations = ReadonlyMap<string, number>

/** Where a measurement is from, its standing being `revoked` if the operator took back what its sender sent that day. */
export function provenanceNow(provenance: Provenance, revoked: Revocations): Provenance {
  if (revoked.size === 0 || provenance.channel !== 'collector') return provenance
  const by = parseSubmittedBy(provenance.origin)
  if (by === undefined || !COUNTED_STANDINGS.some((one) => one === by.standing)) return provenance
  const { pseudonym, device } = by
  const from = Math.min(...[pseudonym, device].map((name) => revoked.get(name ?? '') ?? Infinity))
  if (dayNumber(provenance.receivedAt) < from) return provenance
  const origin = formatSubmittedBy({ standing: 'revoked', ...defined({ pseudonym }) })
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
    erase: (id, reason, at) => archive.erase(id, reason, at),
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  }
}
