import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import type { Archive, Archived } from './contract.ts'
import { readErasureLog, type ErasureLog } from './erasures.ts'
import { framedBytes } from './leaf-file.ts'
import { layoutOf, numbersOf, type Layout } from './layout.ts'
import { LeafReader } from './leaf-reader.ts'
import { damageFault, openRecord } from './read-blob.ts'
import { HEADER_BYTES, decodeRecordHead, recordBytes, type RecordHead } from './record.ts'
import { readSegmentHead } from './recover.ts'
import { SEGMENT_HEAD_BYTES, type SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { awayDisk } from './ship/away-disk.ts'
import { readEntries, readSidecar } from './sidecar.ts'
import { Window } from './window.ts'

/** An archive that someone else writes, read by leaf. */
export interface ReadArchive extends Pick<Archive, 'size' | 'readLeaf' | 'leaves' | 'scan'> {
  /** Takes in what was added or erased since; gives whether there was any. */
  follow(): Promise<boolean>
}

/** First piece read for one measurement or entry: most fit. */
const SMALL_PIECE_BYTES = 16 * 1024

/**
 * Reads the archive in a folder that another process writes, or a copy of it, changing nothing: neither its lock nor its
 * key is needed. A record that is not whole yet is not there yet. Which leaf a measurement has is for the caller to know:
 * the warehouse says it. `away`: where segments are that were removed from the disk; without it their records cannot be
 * read.
 */
export async function openReadArchive(
  folder: string,
  disk: Disk = REAL_DISK,
  away?: ObjectStore,
): Promise<ReadArchive> {
  const layout = layoutOf(folder)
  const archive = new SegmentsReader(layout, awayDisk(disk, layout, away))
  await archive.follow()
  return archive
}

/** The segment that may still grow. */
interface Tail {
  readonly head: SegmentHead
  readonly offsets: number[]
  /** Where the next record begins, and the next leaf. */
  end: number
  leavesEnd: number
}

class SegmentsReader implements ReadArchive {
  readonly #layout: Layout
  readonly #disk: Disk
  #heads: SegmentHead[] = []
  #tail: Tail | undefined
  #erasures: ErasureLog | undefined
  #leafReader: LeafReader
  readonly #mutex = new Mutex()

  constructor(layout: Layout, disk: Disk) {
    this.#layout = layout
    this.#disk = disk
    this.#leafReader = this.#openLeaves()
  }

  get size(): number {
    return this.#tail === undefined ? 0 : this.#tail.head.firstLeaf + this.#tail.offsets.length
  }

  #openLeaves(): LeafReader {
    return new LeafReader({
      layout: this.#layout,
      disk: this.#disk,
      size: () => this.size,
      segmentOf: (leaf) => this.#segmentOf(leaf),
      activeEnd: (head) => (head === this.#tail?.head ? this.#tail.leavesEnd : undefined),
    })
  }

  follow(): Promise<boolean> {
    return this.#mutex.run(async () => {
      const [size, before] = [this.size, this.#erasures?.end]
      const numbers = numbersOf(await this.#list(), 'segment')
      const isOther = await this.#isOther(numbers)
      if (isOther) {
        this.#heads = []
        this.#tail = undefined
        this.#leafReader = this.#openLeaves()
      }
      for (const number of numbers.slice(this.#heads.length)) {
        const head = await this.#withSegment(number, readSegmentHead)
        // Its head is still being written.
        if (head === undefined) break
        if (head.number !== this.#heads.length + 1)
          throw new Fault(`Cannot read archive "${this.#layout.folder}": segment ${this.#heads.length + 1} is missing`)
        this.#heads.push(head)
      }
      await this.#walkTail()
      this.#erasures = await readErasureLog(this.#layout, this.#disk)
      return isOther || size !== this.size || (before ?? 0) !== this.#erasures.end
    })
  }

  async #list(): Promise<readonly string[]> {
    try {
      return await this.#disk.list(this.#layout.segments)
    } catch (error) {
      if (isMissing(error)) return []
      throw error
    }
  }

  /** Whether another archive is in the place of the one that was read: its segments are drawn with other nonces. */
  async #isOther(numbers: readonly number[]): Promise<boolean> {
    const last = this.#heads.at(-1)
    if (last === undefined) return false
    if (numbers.length < this.#heads.length) return true
    return this.#withSegment(last.number, async (file) => {
      const head = await readSegmentHead(file)
      const isSame = head?.firstLeaf === last.firstLeaf && head.nonce.equals(last.nonce)
      return !isSame || (await file.size()) < (this.#tail?.end ?? 0)
    })
  }

  /** Learns where the records of the last segment are, from where the last walk ended. */
  async #walkTail(): Promise<void> {
    const head = this.#heads.at(-1)
    if (head === undefined) return
    const known = this.#tail?.head === head ? this.#tail : undefined
    const tail = known ?? (await this.#tailBySidecar(head))
    await this.#withSegment(head.number, async (file) => {
      const window = new Window(file, await file.size())
      const walk = walkSegment(window, { nonce: head.nonce, from: tail.end, bodies: false })
      for await (const walked of walk) {
        // The rest is still being written, or copied.
        if (walked.kind === 'damage' || walked.head.leafIndex !== head.firstLeaf + tail.offsets.length) break
        tail.offsets.push(walked.offset)
        tail.end = walked.offset + recordBytes(walked.head)
        tail.leavesEnd += framedBytes(walked.head.leafBytes)
      }
    })
    this.#tail = tail
  }

  /** What the sidecar of a segment says of it: nothing where it has none, or does not fit. */
  async #tailBySidecar(head: SegmentHead): Promise<Tail> {
    const sidecar = await readSidecar(this.#layout.sidecar(head.number), this.#disk)
    const size = await this.#withSegment(head.number, (file) => file.size())
    if (sidecar?.firstLeaf !== head.firstLeaf || sidecar.segmentEnd > size)
      return { head, offsets: [], end: SEGMENT_HEAD_BYTES, leavesEnd: 0 }
    const offsets: number[] = []
    sidecar.each((_, offset) => offsets.push(offset))
    return { head, offsets, end: sidecar.segmentEnd, leavesEnd: sidecar.leavesEnd }
  }

  async *scan(fromLeaf: number): AsyncGenerator<Archived, void, undefined> {
    for (let leaf = fromLeaf; leaf < this.size;) {
      const head = this.#segmentOf(leaf)
      const { offset } = await this.#extentOf(head, leaf)
      const file = await this.#disk.open(this.#layout.segment(head.number), 'read')
      try {
        const window = new Window(file, head === this.#tail?.head ? this.#tail.end : await file.size())
        for await (const walked of walkSegment(window, { nonce: head.nonce, from: offset, bodies: true })) {
          if (walked.kind === 'damage' || walked.head.leafIndex !== leaf) throw damageFault(leaf, file.path, 'head')
          yield await this.#opened(walked.head, walked.bytes, file.path)
          leaf++
        }
      } finally {
        await file.close()
      }
    }
  }

  async #opened(head: RecordHead, record: Buffer, path: string): Promise<Archived> {
    const { leafIndex } = head
    const opened = head.state === 'erased' ? 'head' : await openRecord(head, record)
    // Also read before its record is overwritten, or while it is.
    const erased =
      this.#erasures?.byLeaf.has(leafIndex) === true || typeof opened === 'string'
        ? await this.#erased(leafIndex)
        : undefined
    if (erased !== undefined) return erased
    if (typeof opened === 'string') throw damageFault(leafIndex, path, opened)
    return opened
  }

  async readLeaf(leafIndex: number): Promise<Archived | undefined> {
    if (!(leafIndex >= 0 && leafIndex < this.size)) return undefined
    const head = this.#segmentOf(leafIndex)
    const { offset, end } = await this.#extentOf(head, leafIndex)
    return this.#withSegment(head.number, async (file) => {
      const window = new Window(file, await file.size(), end === undefined ? SMALL_PIECE_BYTES : end - offset)
      const found = decodeRecordHead(await window.at(offset, HEADER_BYTES), head.nonce)
      if (found === undefined || found.leafIndex !== leafIndex) throw damageFault(leafIndex, file.path, 'head')
      return this.#opened(found, await window.at(offset, recordBytes(found)), file.path)
    })
  }

  async #erased(leafIndex: number): Promise<Archived | undefined> {
    const known =
      this.#erasures?.byLeaf.get(leafIndex) ?? (await readErasureLog(this.#layout, this.#disk)).byLeaf.get(leafIndex)
    return known && { kind: 'erased', leafIndex, erasedAt: known.at, reason: known.reason }
  }

  leaves(from: number, until: number): AsyncIterable<Uint8Array> {
    return this.#leafReader.read(from, until)
  }

  #segmentOf(leaf: number): SegmentHead {
    const head = this.#heads.findLast(({ firstLeaf }) => firstLeaf <= leaf)
    if (head === undefined) throw new Fault(`Cannot read leaf ${leaf} of "${this.#layout.folder}": it is not there`)
    return head
  }

  /** Where the record of a leaf is, and ends, where the one behind it is known. */
  async #extentOf(head: SegmentHead, leaf: number): Promise<{ readonly offset: number; readonly end?: number }> {
    const nth = leaf - head.firstLeaf
    const tail = head === this.#tail?.head ? this.#tail : undefined
    const ofTail = tail?.offsets[nth]
    if (tail !== undefined && ofTail !== undefined) return { offset: ofTail, end: tail.offsets[nth + 1] ?? tail.end }
    const path = this.#layout.sidecar(head.number)
    const [entry, next] =
      (await readEntries(path, [nth, nth + 1], this.#disk)) ?? (await readEntries(path, [nth], this.#disk)) ?? []
    if (entry === undefined) return { offset: await this.#searchOffset(head, leaf) }
    return next === undefined ? { offset: entry.offset } : { offset: entry.offset, end: next.offset }
  }

  /** Without a sidecar every record before it is looked at. */
  #searchOffset(head: SegmentHead, leaf: number): Promise<number> {
    return this.#withSegment(head.number, async (file) => {
      const window = new Window(file, await file.size())
      const walk = { nonce: head.nonce, from: SEGMENT_HEAD_BYTES, bodies: false }
      for await (const walked of walkSegment(window, walk))
        if (walked.kind === 'record' && walked.head.leafIndex === leaf) return walked.offset
      throw damageFault(leaf, file.path, 'head')
    })
  }

  async #withSegment<T>(number: number, read: (file: DiskFile) => Promise<T>): Promise<T> {
    const file = await this.#disk.open(this.#layout.segment(number), 'read')
    try {
      return await read(file)
    } finally {
      await file.close()
    }
  }
}
