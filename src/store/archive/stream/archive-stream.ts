import { InputError } from '../../../core/model/errors.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { framedBytes } from '../leaf-file.ts'
import { MAX_BLOB_BYTES, MAX_ORIGIN_BYTES } from '../layout.ts'
import { HEADER_BYTES, NONCE_BYTES, recordBytes, type RecordHead } from '../record.ts'
import { SEGMENT_HEAD_BYTES, decodeSegmentHead } from '../segment-head.ts'
import { walkSegment } from '../segment-walk.ts'
import { Window } from '../window.ts'
import { FIRST_PLACE, findExtent, type Extent, type StreamPlace } from './find-extent.ts'

/** What is at a leaf. Bytes are valid until the next step. */
export type StreamedRecord =
  | {
      readonly kind: 'record'
      readonly leaf: number
      readonly head: RecordHead
      readonly bytes: Buffer
      /** Place of the leaf behind it. */
      readonly next: StreamPlace
    }
  /** No whole record: the leaves behind it are read all the same. */
  | { readonly kind: 'damage'; readonly leaf: number; readonly next: StreamPlace }

/** A zstd frame of what does not shrink is longer than it by less than this. */
const MOST_RECORD_BYTES = HEADER_BYTES + MAX_ORIGIN_BYTES + MAX_BLOB_BYTES + 1024 * 1024
/** Bytes fetched at once. */
const PIECE_BYTES = 1024 * 1024

/** Leaves of ours are some 230 bytes long; a log may hold longer ones, which must not fill the memory. */
const MOST_LEAVES_BYTES = 8 * 1024 * 1024

/** Said where leaves are missing that a checkpoint covers: they may be on their way, or gone. */
const streamMissing = (what: string, leaf: number): InputError =>
  new InputError(`Cannot read leaf ${leaf}: its ${what} is not there`, {
    code: 'stream.missing',
    path: what,
    expected: 'every leaf of the signed checkpoint',
  })

/**
 * Reads an archive of another machine forward, from the objects in which it is shipped or from its own files. It trusts
 * nothing that it reads and compares nothing with the log: that is the caller's part.
 */
export class ArchiveStream {
  readonly #store: ObjectStore

  constructor(store: ObjectStore) {
    this.#store = store
  }

  /**
   * At most so many leaves from a place on, as logged: one at least, and fewer where they are longer than leaves are.
   * Throws InputError where the first is missing or no leaf.
   */
  async leaves(from: StreamPlace, count: number): Promise<readonly Buffer[]> {
    const leaves: Buffer[] = []
    let bytes = 0
    for (let place = from; leaves.length < count && bytes < MOST_LEAVES_BYTES;) {
      const extent = await findExtent(this.#store, 'leaves', place)
      if (extent === undefined && leaves.length > 0) return leaves
      if (extent === undefined) throw streamMissing('leaf', place.leaf)
      const window = this.#window(extent)
      let [at, leaf] = [extent.from, extent.firstLeaf]
      let { leavesOffset } = extent.segment === place.segment ? place : { leavesOffset: 0 }
      while (at < extent.end && leaves.length < count && bytes < MOST_LEAVES_BYTES) {
        const prefix = await window.at(at, 2)
        const length = prefix.length < 2 ? 0 : prefix.readUInt16BE(0)
        const framed = await window.at(at, framedBytes(length))
        // A file that is being written may end within a leaf: the next try finds the rest.
        if (length === 0 || framed.length < framedBytes(length)) break
        at += framed.length
        if (leaf++ < place.leaf) continue
        leaves.push(Buffer.from(framed.subarray(2)))
        leavesOffset += framed.length
        bytes += framed.length
      }
      if (leaf <= place.leaf && leaves.length > 0) return leaves
      if (leaf <= place.leaf) throw streamMissing('leaf', place.leaf)
      place = { leaf, segment: extent.segment, offset: NOT_USED, leavesOffset }
    }
    return leaves
  }

  /**
   * The records of leaves that were read before, in their order. Ends early, without an error, where one is not there
   * yet. What is damaged is reported once the next record shows which leaf is behind it.
   */
  async *records(from: StreamPlace, leaves: readonly Uint8Array[]): AsyncGenerator<StreamedRecord, void, undefined> {
    const until = from.leaf + leaves.length
    /** The place behind a leaf whose record takes so many bytes. */
    const behind = (place: StreamPlace, end: number): StreamPlace => ({
      ...place,
      leaf: place.leaf + 1,
      offset: end,
      leavesOffset: place.leavesOffset + framedBytes(leaves[place.leaf - from.leaf]!.length), // below `until`
    })
    let place = from
    let damaged = false
    while (place.leaf < until) {
      const extent = await findExtent(this.#store, 'segment', place)
      if (extent === undefined) {
        if (damaged) yield { kind: 'damage', leaf: place.leaf, next: behind(place, place.offset) }
        return
      }
      if (extent.segment !== place.segment) place = { ...FIRST_PLACE, segment: extent.segment, leaf: place.leaf }
      const start = await this.#startOf(extent, place)
      const before = place.leaf
      // Where the object begins in the whole segment, by what was read of it before: pieces are cut out of the same bytes.
      let base = extent.kind === 'whole' ? 0 : extent.firstLeaf === place.leaf ? place.offset - start.from : undefined
      for await (const walked of walkSegment(start.window, { ...start, bodies: true, most: MOST_RECORD_BYTES })) {
        if (walked.kind === 'damage') {
          damaged = true
          continue
        }
        const { leafIndex } = walked.head
        if (leafIndex >= until) break
        if (leafIndex < place.leaf) {
          if (leafIndex === place.leaf - 1) base ??= place.offset - walked.offset - recordBytes(walked.head)
          continue
        }
        base ??= place.offset - walked.offset
        for (; place.leaf < leafIndex; place = behind(place, base + walked.offset))
          yield { kind: 'damage', leaf: place.leaf, next: behind(place, base + walked.offset) }
        damaged = false
        const next = behind(place, base + walked.offset + recordBytes(walked.head))
        yield { kind: 'record', leaf: leafIndex, head: walked.head, bytes: walked.bytes, next }
        place = next
        if (place.leaf === until) return
      }
      if (place.leaf === before) {
        // Nothing of it could be read: what is behind it is looked for as if it were read.
        if (extent.kind === 'piece' || !damaged) {
          if (damaged) yield { kind: 'damage', leaf: place.leaf, next: behind(place, place.offset) }
          return
        }
        place = { ...place, offset: extent.end }
      }
    }
  }

  #window({ key, end, firstLeaf }: Extent): Window {
    const read = async (into: Uint8Array, position: number): Promise<number> => {
      const found = await this.#store.get(key, { from: position, length: into.length })
      // A piece is removed when its segment is full: the next try finds that.
      if (found === undefined) throw streamMissing(`object "${key}"`, firstLeaf)
      const bytes = found.bytes.subarray(0, into.length)
      into.set(bytes)
      return bytes.length
    }
    return new Window({ read }, end, PIECE_BYTES)
  }

  /** The nonce of the segment and where to begin. Throws InputError where the head of a segment is none, or of another one. */
  async #startOf(
    extent: Extent,
    place: StreamPlace,
  ): Promise<{ readonly window: Window; readonly nonce: Buffer; readonly from: number }> {
    const window = this.#window(extent)
    const head = Buffer.from(await window.at(0, SEGMENT_HEAD_BYTES))
    if (head.length < SEGMENT_HEAD_BYTES) throw streamMissing('segment', place.leaf)
    const decoded = decodeSegmentHead(head)
    if (decoded === undefined && extent.kind === 'piece')
      return { window, nonce: head.subarray(0, NONCE_BYTES), from: 0 }
    const begins = extent.kind === 'piece' || extent.from === SEGMENT_HEAD_BYTES
    const first = extent.kind === 'piece' ? extent.firstLeaf : place.leaf
    if (
      decoded === undefined ||
      decoded.number !== extent.segment ||
      (begins ? decoded.firstLeaf !== first : decoded.firstLeaf > first)
    )
      throw new InputError(`Cannot read "${extent.key}": its head is not that of segment ${extent.segment}`, {
        code: 'stream.head',
        path: extent.key,
        expected: 'a segment of the archive that was followed so far',
      })
    return { window, nonce: decoded.nonce, from: extent.kind === 'piece' ? SEGMENT_HEAD_BYTES : extent.from }
  }
}

/** Leaf files alone are walked: the place in the segment is not known and not needed. */
const NOT_USED = -1
