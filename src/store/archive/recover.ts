import { Fault } from '../../core/model/errors.ts'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import type { Erasures } from './erasures.ts'
import type { IdIndex } from './ids/id-index.ts'
import { framedBytes, isHole, leafAt } from './leaf-file.ts'
import type { Layout } from './layout.ts'
import { idOf, recordBytes } from './record.ts'
import { SEGMENT_HEAD_BYTES, decodeSegmentHead, type SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { readSidecar, readSidecarHead, type Sidecar } from './sidecar.ts'
import { Window } from './window.ts'

/** One segment as found on opening: how far it and its leaf file are consistent, in bytes. */
export interface RecoveredSegment {
  readonly head: SegmentHead
  readonly end: number
  readonly leavesEnd: number
  readonly fromSidecar: boolean
}

export interface RecoverOptions {
  readonly layout: Layout
  readonly disk: Disk
  readonly index: IdIndex
  readonly erasures: Erasures
}

/** Reads the head of a segment, or undefined where the file is shorter than one or damaged. */
export async function readSegmentHead(file: DiskFile): Promise<SegmentHead | undefined> {
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES)
  return (await file.read(bytes, 0)) < SEGMENT_HEAD_BYTES ? undefined : decodeSegmentHead(bytes)
}

/** Files of a segment. */
export interface SegmentFiles {
  readonly file: DiskFile
  readonly leaves: DiskFile
  readonly last: boolean
}

/**
 * Takes one segment into the index: from its sidecar where that fits, else by walking records and leaves side by side.
 * What is torn at the end of the last segment is said by lengths below those of the files, to be cut by the caller;
 * anything that may have been acknowledged and is damaged throws a Fault that names the file.
 */
export async function recoverSegment(
  head: SegmentHead,
  files: SegmentFiles,
  options: RecoverOptions,
): Promise<RecoveredSegment> {
  const recovered = await recoverIds(head, files, options)
  checkErasures(head, options, files.file.path)
  return recovered
}

/** The same, without a look at what was erased: an erasure may be at work. */
export async function recoverIds(
  head: SegmentHead,
  files: SegmentFiles,
  { index, disk, layout }: Pick<RecoverOptions, 'index' | 'disk' | 'layout'>,
): Promise<RecoveredSegment> {
  checkFirst(head, index.size, files.file.path)
  const lengths = { segment: await files.file.size(), leaves: await files.leaves.size() }
  const sidecar = await readSidecar(layout.sidecar(head.number), disk)
  const fit = fitOf(sidecar, { head, lengths, files })
  if (fit === 'whole' && sidecar !== undefined) {
    sidecar.each((id, offset) => index.push(id, offset))
    return { head, end: lengths.segment, leavesEnd: lengths.leaves, fromSidecar: true }
  }
  const acknowledged = fit === 'part' && sidecar !== undefined ? sidecar.count : 0
  const walked = await walkBoth(head, { ...files, lengths, acknowledged }, index)
  return { head, ...walked, fromSidecar: false }
}

/** How many leaves a segment has whose ids are not needed, by the head of its sidecar; undefined where that does not fit. */
export async function leavesBySidecar(
  head: SegmentHead,
  files: SegmentFiles,
  { index, disk, layout }: { readonly index: { readonly size: number }; readonly disk: Disk; readonly layout: Layout },
): Promise<number | undefined> {
  checkFirst(head, index.size, files.file.path)
  const lengths = { segment: await files.file.size(), leaves: await files.leaves.size() }
  const sidecar = await readSidecarHead(layout.sidecar(head.number), disk)
  return fitOf(sidecar, { head, lengths, files }) === 'whole' ? sidecar?.count : undefined
}

function checkFirst(head: SegmentHead, size: number, path: string): void {
  if (head.firstLeaf !== size)
    throw new Fault(`Cannot open "${path}": it starts at leaf ${head.firstLeaf}, ${size} stand before it`)
}

/** `part`: more was written since. Throws Fault where less is there than was. */
function fitOf(
  sidecar: Sidecar | undefined,
  {
    head,
    lengths,
    files,
  }: { readonly head: SegmentHead; readonly lengths: Pair['lengths']; readonly files: SegmentFiles },
): 'none' | 'part' | 'whole' {
  if (sidecar === undefined || sidecar.number !== head.number || sidecar.firstLeaf !== head.firstLeaf) return 'none'
  if (lengths.segment < sidecar.segmentEnd || lengths.leaves < sidecar.leavesEnd) {
    const short = lengths.segment < sidecar.segmentEnd ? files.file.path : files.leaves.path
    throw new Fault(`Cannot open "${short}": it is shorter than when it was last closed`)
  }
  return lengths.segment === sidecar.segmentEnd && lengths.leaves === sidecar.leavesEnd ? 'whole' : 'part'
}

interface Pair extends SegmentFiles {
  readonly lengths: { readonly segment: number; readonly leaves: number }
  /** Leaves of this segment that a sidecar proves to have been acknowledged. */
  readonly acknowledged: number
}

async function walkBoth(
  head: SegmentHead,
  pair: Pair,
  index: IdIndex,
): Promise<{ readonly end: number; readonly leavesEnd: number }> {
  const leaves = new Window(pair.leaves, pair.lengths.leaves)
  let end = SEGMENT_HEAD_BYTES
  let leavesEnd = 0
  /** The file in which the group that was being written ends early; what follows must belong to the same group. */
  let torn: DiskFile | undefined
  const records = new Window(pair.file, pair.lengths.segment)
  for await (const walked of walkSegment(records, { nonce: head.nonce, from: SEGMENT_HEAD_BYTES, bodies: false })) {
    if (torn !== undefined) {
      const later = walked.kind === 'record' && walked.head.batchLeaf > index.size
      if (later) throw damaged(torn, torn === pair.file ? end : leavesEnd)
    } else if (walked.kind === 'damage') {
      if (!(await isHole(leaves, leavesEnd))) throw damaged(pair.file, walked.offset)
      torn = pair.file
    } else if (walked.head.leafIndex !== index.size) {
      throw damaged(pair.file, walked.offset)
    } else {
      const leaf = await leafAt(leaves, leavesEnd, walked.head)
      if (leaf.kind === 'damaged') throw damaged(pair.leaves, leavesEnd)
      if (leaf.kind !== 'whole') {
        torn = pair.leaves
        continue
      }
      index.push(idOf(walked.bytes), walked.offset)
      end = walked.offset + recordBytes(walked.head)
      leavesEnd += framedBytes(walked.head.leafBytes)
    }
  }
  if (torn === undefined && !(await isHole(leaves, leavesEnd))) throw damaged(pair.file, end)
  if (index.size - head.firstLeaf < pair.acknowledged) throw damaged(torn ?? pair.file, end)
  if (!pair.last && end < pair.lengths.segment) throw damaged(pair.file, end)
  if (!pair.last && leavesEnd < pair.lengths.leaves) throw damaged(pair.leaves, leavesEnd)
  return { end, leavesEnd }
}

const damaged = (file: DiskFile, offset: number): Fault =>
  new Fault(
    `Cannot open "${file.path}": damaged at byte ${offset}, where acknowledged measurements stand; nothing was changed`,
  )

/** Every overwritten record has its entry in the log of erasures, and the other way round. */
function checkErasures(head: SegmentHead, { index, erasures }: RecoverOptions, path: string): void {
  for (let leaf = head.firstLeaf; leaf < index.size; leaf++) {
    const logged = erasures.ofLeaf(leaf) !== undefined
    if (index.isErased(leaf) === logged) continue
    if (logged) throw notErased(leaf, path)
    throw new Fault(`Cannot open "${path}": leaf ${leaf} is overwritten without an entry in the log of erasures`)
  }
}

/** Said where bytes are there that were erased: an older copy of the file was put in its place. */
export const notErased = (leaf: number, path: string): Fault =>
  new Fault(`Cannot open "${path}": leaf ${leaf} was erased by the log of erasures, but its bytes stand`)
