import { hashLeaf, sameBytes } from '../../core/evidence/log/merkle.ts'
import type { TreeEdge } from '../../core/evidence/log/tree-edge.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Archive } from '../../store/archive/contract.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole } from '../../runtime/files/durable-file.ts'
import { sha256 } from '../../runtime/ed25519.ts'
import { listStampedFiles } from './outside/stamp-files.ts'
import { cosignedFile } from './outside/witnesses.ts'
import type { LogFolder } from './log-folder.ts'

/**
 * Files of the furthest checkpoints that were seen outside and that are kept next to the log: the largest one that
 * was stamped, and the last one that witnesses cosigned as the policy demands. Empty where there is none.
 */
export async function furthestKept(at: LogFolder, disk: Disk): Promise<readonly string[]> {
  const sizeOf = (file: string): number => Number(/(?<!\d)(\d+)\.checkpoint$/.exec(file)?.[1])
  const stamped = (await listStampedFiles(at.folder, disk)).toSorted((a, b) => sizeOf(b) - sizeOf(a)).slice(0, 1)
  const cosigned = cosignedFile(at.folder)
  return (await readWhole(cosigned, disk)) === undefined ? stamped : [...stamped, cosigned]
}

/** The function that knows the tree of the first `size` leaves; only asked for what is not beyond the edge. */
export type RootOf = (size: number) => Promise<Uint8Array>

/**
 * Compares the archive with one checkpoint that was seen outside: the leaves that it is over are all there, and
 * are the same. Leaves behind the edge, which a state put back to an older copy of itself lacks, are read from the
 * archive: the tree grows over them to what it was. Throws Fault that names the file; changes nothing.
 */
export async function checkKept(
  { file, size, root }: { readonly file: string; readonly size: number; readonly root: Uint8Array },
  parts: {
    readonly at: LogFolder
    readonly edge: TreeEdge
    readonly archive: Pick<Archive, 'size' | 'leaves'>
    readonly rootOf: RootOf
  },
): Promise<void> {
  const { at, edge, archive, rootOf } = parts
  const refuse = (found: string): Fault =>
    new Fault(
      `Cannot go on with log "${at.folder}": "${file}": ${found}; nothing was changed (docs/operating/proof.md, "Backups")`,
    )
  if (size > archive.size)
    throw refuse(
      `it was seen outside with ${size} leaves, the archive has ${archive.size}: this folder is an older copy of itself`,
    )
  const grown = edge.copy()
  for await (const leaf of archive.leaves(edge.size, size)) grown.push(hashLeaf(leaf, sha256))
  if (!sameBytes(size > edge.size ? grown.root() : await rootOf(size), root))
    throw refuse('it was seen outside over another tree than the one that stands here')
}
