import { Fault } from '../../core/model/errors.ts'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import type { Erasures } from './erasures.ts'
import type { IdIndex } from './id-index.ts'
import { framedBytes, isHole, leafAt } from './leaf-file.ts'
import type { Layout } from './layout.ts'
import { idOf, recordBytes } from './record.ts'
import { SEGMENT_HEAD_BYTES, decodeSegmentHead, type SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { readSidecar } from './sidecar.ts'
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

/**
 * Takes one segment into the index: from its sidecar where that fits, else by walking records and leaves side by side.
 * What is torn at the end of the last segment is said by lengths below those of the files, to be cut by the caller;
 * anything that may have been acknowledged and is damaged throws a Fault that names the file.
 */
export async function recoverSegment(
  head: SegmentHead,
  files: { readonly file: DiskFile; readonly leaves: DiskFile; readonly last: boolean },
  options: RecoverOptions,
): Promise<RecoveredSegment> {
  const { index, disk, layout } = options
  if (head.firstLeaf !== index.size)
    throw new Fault(
      `Cannot open "${files.file.path}": it starts at leaf ${head.firstLeaf}, ${index.size} stand before it`,
    )
  const lengths = { segment: await files.file.size(), leaves: await files.leaves.size() }
  const sidecar = await readSidecar(layout.sidecar(head.number), disk)
  const fits = sidecar !== undefined && sidecar.number === head.number && sidecar.firstLeaf === head.firstLeaf
  const acknowledged = fits ? sidecar.count : 0
  if (fits && (lengths.segment < sidecar.segmentEnd || lengths.leaves < sidecar.leavesEnd)) {
    const short = lengths.segment < sidecar.segmentEnd ? files.file.path : files.leaves.path
    throw new Fault(`Cannot open "${short}": it is shorter than when it was last closed`)
  }
  if (fits && lengths.segment === sidecar.segmentEnd && lengths.leaves === sidecar.leavesEnd) {
    for (const entry of sidecar.entries) index.push(entry.id, entry.offset)
    checkErasures(head, options, files.file.path)
    return { head, end: lengths.segment, leavesEnd: lengths.leaves, fromSidecar: true }
  }
  const walked = await walkBoth(head, { ...files, lengths, acknowledged }, options)
  checkErasures(head, options, files.file.path)
  return { head, ...walked, fromSidecar: false }
}

interface Pair {
  readonly file: DiskFile
  readonly leaves: DiskFile
  readonly last: boolean
  readonly lengths: { readonly segment: number; readonly leaves: number }
  /** Leaves of this segment that a sidecar proves to have been acknowledged. */
  readonly acknowledged: number
}

async function walkBoth(
  head: SegmentHead,
  pair: Pair,
  { index }: RecoverOptions,
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
    throw new Fault(
      logged
        ? `Cannot open "${path}": leaf ${leaf} was erased by the log of erasures, but its bytes stand`
        : `Cannot open "${path}": leaf ${leaf} is overwritten without an entry in the log of erasures`,
    )
  }
}
