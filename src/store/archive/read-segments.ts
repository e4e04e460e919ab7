import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import { Mutex } from '../../runtime/mutex.ts'
import type { Archive, Archived } from './contract.ts'
import { readErasures, type Erasure } from './erasures.ts'
import { framedBytes } from './leaf-file.ts'
import { layoutOf, numbersOf, type Layout } from './layout.ts'
import { LeafReader } from './leaf-reader.ts'
import { damageFault, openRecord } from './read-blob.ts'
import { HEADER_BYTES, decodeRecordHead, recordBytes } from './record.ts'
import { SEGMENT_HEAD_BYTES, decodeSegmentHead, type SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { readEntries } from './sidecar.ts'
import { Window } from './window.ts'

/** An archive that someone else writes, read by leaf. */
export interface ReadArchive extends Pick<Archive, 'size' | 'readLeaf' | 'leaves'> {
  /** Takes in what was added or erased since; gives whether there was any. */
  follow(): Promise<boolean>
}

/** First piece read for one measurement or entry: most fit. */
const SMALL_PIECE_BYTES = 16 * 1024

/**
 * Reads the archive in a folder that another process writes, or a copy of it, changing nothing: neither its lock nor its
 * key is needed. A record that is not whole yet is not there yet. Which leaf a measurement has is for the caller to know:
 * the warehouse says it.
 */
export async function openReadArchive(folder: string, disk: Disk = REAL_DISK): Promise<ReadArchive> {
  const archive = new SegmentsReader(layoutOf(folder), disk)
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
  #erasures: ReadonlyMap<number, Erasure> = new Map()
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
      const [size, erased] = [this.size, this.#erasures.size]
      const numbers = numbersOf(await this.#list(), 'segment')
      const isOther = await this.#isOther(numbers)
      if (isOther) {
        this.#heads = []
        this.#tail = undefined
        this.#leafReader = this.#openLeaves()
      }
      for (const number of numbers.slice(this.#heads.length)) {
        const head = await this.#withSegment(number, readHead)
        // Its head is still being written.
        if (head === undefined) break
        if (head.number !== this.#heads.length + 1)
          throw new Fault(`Cannot read archive "${this.#layout.folder}": segment ${this.#heads.length + 1} is missing`)
        this.#heads.push(head)
      }
      await this.#walkTail()
      this.#erasures = await readErasures(this.#layout, this.#disk)
      return isOther || size !== this.size || erased !== this.#erasures.size
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
      const head = await readHead(file)
      const isSame = head?.firstLeaf === last.firstLeaf && head.nonce.equals(last.nonce)
      return !isSame || (await file.size()) < (this.#tail?.end ?? 0)
    })
  }

  /** Learns where the records of the last segment are, from where the last walk ended. */
  async #walkTail(): Promise<void> {
    const head = this.#heads.at(-1)
    if (head === undefined) return
    const known = this.#tail?.head === head ? this.#tail : undefined
    const tail: Tail = known ?? { head, offsets: [], end: SEGMENT_HEAD_BYTES, leavesEnd: 0 }
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

  async readLeaf(leafIndex: number): Promise<Archived | undefined> {
    if (!(leafIndex >= 0 && leafIndex < this.size)) return undefined
    const head = this.#segmentOf(leafIndex)
    const offset = await this.#offsetOf(head, leafIndex)
    return this.#withSegment(head.number, async (file) => {
      const window = new Window(file, await file.size(), SMALL_PIECE_BYTES)
      const found = decodeRecordHead(await window.at(offset, HEADER_BYTES), head.nonce)
      if (found === undefined || found.leafIndex !== leafIndex) throw damageFault(leafIndex, file.path, 'head')
      if (found.state === 'erased') return this.#erased(leafIndex)
      const opened = await openRecord(found, await window.at(offset, recordBytes(found)))
      if (typeof opened !== 'string') return opened
      // An erasure may overwrite the record while it is being read.
      if ((await readErasures(this.#layout, this.#disk)).has(leafIndex)) return this.#erased(leafIndex)
      throw damageFault(leafIndex, file.path, opened)
    })
  }

  async #erased(leafIndex: number): Promise<Archived | undefined> {
    const known = this.#erasures.get(leafIndex) ?? (await readErasures(this.#layout, this.#disk)).get(leafIndex)
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

  async #offsetOf(head: SegmentHead, leaf: number): Promise<number> {
    const nth = leaf - head.firstLeaf
    const ofTail = head === this.#tail?.head ? this.#tail.offsets[nth] : undefined
    if (ofTail !== undefined) return ofTail
    const [entry] = (await readEntries(this.#layout.sidecar(head.number), [nth], this.#disk)) ?? []
    return entry?.offset ?? (await this.#searchOffset(head, leaf))
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

async function readHead(file: DiskFile): Promise<SegmentHead | undefined> {
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES)
  await file.read(bytes, 0)
  return decodeSegmentHead(bytes)
}
