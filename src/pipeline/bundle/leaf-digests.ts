import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'

/** Leaves that are read at once: the archive reads a whole file of them for one. */
const BLOCK = 8192

/**
 * Digests of public forms as leaves carry them, for a caller that asks by rising leaf, as measurements are read: one
 * stretch of them is remembered. Throws Fault for a leaf that the archive does not have.
 */
export function openLeafDigests(archive: Pick<Archive, 'leaves'>): (leaf: number) => Promise<Sha256> {
  let block: { readonly from: number; readonly digests: readonly Sha256[] } | undefined
  const read = async (from: number): Promise<typeof block> => {
    const digests: Sha256[] = []
    for await (const bytes of archive.leaves(from, from + BLOCK)) digests.push(parseLeafRecord(bytes).public)
    return { from, digests }
  }
  return async (leaf) => {
    const from = leaf - (leaf % BLOCK)
    // A block at the end may have grown since.
    if (block?.from !== from || block.digests[leaf - from] === undefined) block = await read(from)
    const digest = block?.digests[leaf - from]
    if (digest !== undefined) return digest
    throw new Fault(`Cannot read leaf ${leaf}: the archive has no record of it`)
  }
}
