import { Fault } from '../../../core/model/errors.ts'
import { isMissing, type Disk, type DiskFile } from '../../../runtime/files/disk.ts'
import { framedBytes } from '../leaf-file.ts'
import { numbersOf, type Layout } from '../layout.ts'
import { recordBytes } from '../record.ts'
import { readSegmentHead } from '../recover.ts'
import type { SegmentHead } from '../segment-head.ts'
import { walkSegment } from '../segment-walk.ts'
import { readSidecarHead } from '../sidecar.ts'
import { Window } from '../window.ts'

/** Where a leaf begins in the files of its segment, or where they end. */
export interface LeafPlace {
  readonly leaf: number
  readonly offset: number
  readonly leavesOffset: number
}

/** A segment that takes no further record: its leaves, and the lengths of its files. */
export interface SealedExtent {
  readonly head: SegmentHead
  readonly until: number
  readonly segmentBytes: number
  readonly leavesBytes: number
}

/** Files of an archive on this disk as the shipper reads them, while another part of the process writes them. */
export class LocalSegments {
  readonly layout: Layout
  readonly disk: Disk
  readonly #heads = new Map<number, SegmentHead>()

  constructor(layout: Layout, disk: Disk) {
    this.layout = layout
    this.disk = disk
  }

  /** Numbers of the segments; all but the last take no further record. */
  async numbers(): Promise<readonly number[]> {
    return numbersOf(await this.disk.list(this.layout.segments), 'segment')
  }

  /** Head of a segment; undefined as long as it is being made. */
  async headOf(number: number): Promise<SegmentHead | undefined> {
    const known = this.#heads.get(number)
    if (known !== undefined) return known
    const head = await this.withFile(this.layout.segment(number), readSegmentHead)
    if (head !== undefined) this.#heads.set(number, head)
    return head
  }

  /** Throws Fault where the sidecar of a segment that is not the last is gone or does not fit. */
  async extentOf(number: number): Promise<SealedExtent> {
    const head = await this.headOf(number)
    const sidecar = await readSidecarHead(this.layout.sidecar(number), this.disk)
    if (head === undefined || sidecar?.firstLeaf !== head.firstLeaf)
      throw new Fault(`Cannot ship segment ${number}: its sidecar "${this.layout.sidecar(number)}" does not fit`)
    const { count, segmentEnd, leavesEnd } = sidecar
    return { head, until: head.firstLeaf + count, segmentBytes: segmentEnd, leavesBytes: leavesEnd }
  }

  /** Walks records from a place on and gives the place after each, up to a leaf. */
  async *placesAfter(head: SegmentHead, from: LeafPlace, until: number): AsyncGenerator<LeafPlace, void, undefined> {
    const file = await this.disk.open(this.layout.segment(head.number), 'read')
    try {
      const window = new Window(file, await file.size())
      let { leaf, leavesOffset } = from
      for await (const walked of walkSegment(window, { nonce: head.nonce, from: from.offset, bodies: false })) {
        if (leaf >= until) return
        if (walked.kind === 'damage' || walked.head.leafIndex !== leaf)
          throw new Fault(`Cannot ship leaf ${leaf} of "${file.path}": its record is damaged`)
        leaf++
        leavesOffset += framedBytes(walked.head.leafBytes)
        yield { leaf, offset: walked.offset + recordBytes(walked.head), leavesOffset }
      }
    } finally {
      await file.close()
    }
  }

  /** Bytes of a file from one position to before another. */
  bytes(path: string, from: number, end: number): Promise<Buffer> {
    return this.withFile(path, async (file) => {
      const bytes = Buffer.alloc(end - from)
      if ((await file.read(bytes, from)) < bytes.length) throw new Fault(`Cannot ship "${path}": it ends too early`)
      return bytes
    })
  }

  async withFile<T>(path: string, read: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = await this.disk.open(path, 'read')
    try {
      return await read(file)
    } finally {
      await file.close()
    }
  }

  async sizeOf(path: string): Promise<number> {
    try {
      return await this.withFile(path, (file) => file.size())
    } catch (error) {
      if (isMissing(error)) return 0
      throw error
    }
  }
}
