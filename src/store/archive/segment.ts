import { randomBytes } from 'node:crypto'
import type { Disk, DiskFile } from '../../runtime/files/disk.ts'
import type { IdIndex } from './ids/id-index.ts'
import type { Layout } from './layout.ts'
import { NONCE_BYTES, placeRecord } from './record.ts'
import { SEGMENT_HEAD_BYTES, encodeSegmentHead, type SegmentHead } from './segment-head.ts'
import { writeSidecar } from './sidecar.ts'

/** A measurement ready to be written: head with origin, frame, framed leaf. */
export interface PreparedBlob {
  readonly id: Buffer
  readonly head: Buffer
  readonly frame: Uint8Array
  readonly framedLeaf: Buffer
  /** Given when written. */
  leafIndex: number
}

/** The last segment and its leaf file, open for appending. Only its committed lengths are read by others. */
export class ActiveSegment {
  readonly head: SegmentHead
  readonly file: DiskFile
  readonly leaves: DiskFile
  end: number
  leavesEnd: number

  constructor(head: SegmentHead, files: { file: DiskFile; leaves: DiskFile; end: number; leavesEnd: number }) {
    this.head = head
    this.file = files.file
    this.leaves = files.leaves
    this.end = files.end
    this.leavesEnd = files.leavesEnd
  }

  /**
   * Writes a group and gives the offset of each record. The order is the promise: records, fsync, leaves, fsync. So a
   * leaf on disk has its record on disk, and a record without a leaf was never acknowledged.
   */
  async write(group: readonly PreparedBlob[], firstLeaf: number): Promise<readonly number[]> {
    const offsets: number[] = []
    const parts: Uint8Array[] = []
    let end = this.end
    for (const [nth, prepared] of group.entries()) {
      placeRecord(prepared.head, this.head.nonce, { leafIndex: firstLeaf + nth, batchLeaf: firstLeaf })
      offsets.push(end)
      parts.push(prepared.head, prepared.frame)
      end += prepared.head.length + prepared.frame.length
    }
    const leaves = Buffer.concat(group.map((prepared) => prepared.framedLeaf))
    await this.file.write(Buffer.concat(parts), this.end)
    await this.file.sync()
    await this.leaves.write(leaves, this.leavesEnd)
    await this.leaves.sync()
    this.end = end
    this.leavesEnd += leaves.length
    return offsets
  }

  /** Cuts what stands behind the last durable group, durably. Leaves first: a record without a leaf is cut by openings. */
  async cut(): Promise<void> {
    await this.leaves.truncate(this.leavesEnd)
    await this.leaves.sync()
    await this.file.truncate(this.end)
    await this.file.sync()
  }

  async close(): Promise<void> {
    await this.file.close()
    await this.leaves.close()
  }
}

/** Makes a segment with its leaf file, both empty and durable: the leaf file first, so that a segment always has one. */
export async function createSegment(
  layout: Layout,
  disk: Disk,
  place: { readonly number: number; readonly firstLeaf: number },
): Promise<ActiveSegment> {
  const head = { ...place, nonce: randomBytes(NONCE_BYTES) }
  const leaves = await disk.open(layout.leafFile(place.number), 'append')
  let file: DiskFile | undefined
  try {
    await disk.syncFolder(layout.leaves)
    file = await disk.open(layout.segment(place.number), 'append')
    if ((await file.size()) > 0) await file.truncate(0) // a head torn by a crash; the caller knows that no record follows
    await file.write(encodeSegmentHead(head), 0)
    await file.sync()
    await disk.syncFolder(layout.segments)
    return new ActiveSegment(head, { file, leaves, end: SEGMENT_HEAD_BYTES, leavesEnd: 0 })
  } catch (error) {
    await leaves.close()
    await file?.close()
    throw error
  }
}

/** Writes the sidecar of a segment that all leaves up to now belong to. */
export async function saveSidecar(
  segment: ActiveSegment,
  { layout, disk, index }: { readonly layout: Layout; readonly disk: Disk; readonly index: IdIndex },
): Promise<void> {
  const { number, firstLeaf } = segment.head
  await writeSidecar(
    layout.sidecar(number),
    { number, firstLeaf, count: index.size - firstLeaf, segmentEnd: segment.end, leavesEnd: segment.leavesEnd },
    { disk, entry: (nth) => ({ id: index.idOf(firstLeaf + nth), offset: index.offsetOf(firstLeaf + nth) }) },
  )
}
