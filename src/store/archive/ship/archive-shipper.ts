import { Fault } from '../../../core/model/errors.ts'
import type { Disk } from '../../../runtime/files/disk.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import { Mutex } from '../../../runtime/mutex.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { layoutOf } from '../layout.ts'
import { SEGMENT_HEAD_BYTES, type SegmentHead } from '../segment-head.ts'
import type { Shipping } from './contract.ts'
import { LocalSegments, type LeafPlace } from './local-segments.ts'
import { leavesKey, pieceKey, segmentKey, sidecarKey, tailPrefix, type PieceName } from './object-keys.ts'
import { shipErasures } from './ship-erasures.ts'
import { piecesInRow, isWhole, listPieces, readStoreState, type StoreState } from './store-state.ts'

/** Longest piece, but for one record that is longer. */
const PIECE_BYTES = 32 * 1024 * 1024
/** So many pieces in a row of like length become one. */
const MERGED_PIECES = 16
/** Bytes at the end of leaves by which two histories differ: each leaf has a random salt behind it. */
const COMPARED_BYTES = 64 * 1024

export interface ShipperOptions {
  readonly store: ObjectStore
  /** Folder of the archive, which this process holds. */
  readonly folder: string
  /** Leaves that are durable there. */
  readonly size: () => number
  readonly disk?: Disk
  readonly pieceBytes?: number
}

/** A piece that was shipped, and where it begins and ends in the files. */
interface Shipped {
  readonly from: LeafPlace
  readonly until: LeafPlace
}

/** What was shipped of a segment that has no sidecar on the store. */
interface Tail {
  readonly head: SegmentHead
  readonly pieces: Shipped[]
}

/**
 * Copies an archive to object storage. Segments that take no further record go there whole, the sidecar last: who finds
 * a sidecar finds all three. What is not sealed goes there in pieces. Nothing is remembered here: what is on the store
 * is listed when it begins, and compared with the files.
 *
 * A crash anywhere leaves objects that are whole, or pieces without leaves, which do not count. What is there is never
 * replaced by another history: where the two differ, it stops with a Fault.
 */
export class ArchiveShipper implements Shipping {
  readonly #store: ObjectStore
  readonly #local: LocalSegments
  readonly #size: () => number
  readonly #pieceBytes: number
  /** Ships pieces; erasures hold it too. */
  readonly #pieces = new Mutex()
  /** Sealed segments, erasures and merging, one after another. */
  readonly #whole = new Mutex()
  /** Segments without a sidecar on the store, in order. */
  #tails: Tail[] = []
  /** Last segment that is whole on the store. */
  #sealed = 0
  #shipped = 0
  #resumed: Promise<void> | undefined
  #half: ReadonlyMap<number, number> = new Map()

  constructor({ store, folder, size, disk = REAL_DISK, pieceBytes = PIECE_BYTES }: ShipperOptions) {
    this.#store = store
    this.#local = new LocalSegments(layoutOf(folder), disk)
    this.#size = size
    this.#pieceBytes = pieceBytes
  }

  get shipped(): number {
    return this.#shipped
  }

  /** Last segment that is on the store whole. */
  get sealed(): number {
    return this.#sealed
  }

  /**
   * Compares the store with the files and finds out what is shipped; also after each failure, of which it is not known
   * what it left behind. Throws Fault where they are two histories.
   */
  resume(): Promise<void> {
    this.#resumed ??= this.#resumable(() => this.#whole.run(() => this.#pieces.run(() => this.#resume())))
    return this.#resumed
  }

  async shipUpTo(size: number): Promise<void> {
    if (size > this.#size()) throw new Fault(`Cannot ship ${size} leaves: ${this.#size()} are here`)
    await this.resume()
    await this.#resumable(async () => {
      while (this.#shipped < size) {
        const done = await this.#pieces.run(async () => this.#shipped >= size || this.#shipPiece())
        if (!done) await this.#whole.run(() => this.#seal())
      }
    })
  }

  /** Ships all there is: pieces, then erasures and sealed segments, and makes fewer pieces of many. */
  async shipAll(): Promise<void> {
    await this.shipUpTo(this.#size())
    await this.#resumable(() =>
      this.#whole.run(async () => {
        // No piece is under way meanwhile: it could hold a record from before an erasure that counts as carried out.
        const erase = (): Promise<void> => this.#pieces.run(() => shipErasures(this.#store, this.#local))
        await erase()
        while (await this.#seal()) await erase()
        await this.#merge()
      }),
    )
  }

  async #resumable(act: () => Promise<void>): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#resumed = undefined
      throw error
    }
  }

  async #resume(): Promise<void> {
    const state = await readStoreState(this.#store)
    const numbers = await this.#local.numbers()
    this.#half = state.halfSealed
    this.#sealed = 0
    for (const [number, { segmentBytes, sidecarBytes }] of state.sealed) {
      if (number !== this.#sealed + 1) throw otherHistory(this.#store, `segment ${this.#sealed + 1} is missing there`)
      if (number >= numbers.length) throw otherHistory(this.#store, `segment ${number} is there and not here`)
      const { segmentBytes: here } = await this.#local.extentOf(number)
      const sidecarHere = await this.#local.sizeOf(this.#local.layout.sidecar(number))
      if (segmentBytes !== here || sidecarBytes !== sidecarHere)
        throw otherHistory(this.#store, `segment ${number} has another length there`)
      this.#sealed = number
    }
    this.#shipped = 0
    if (this.#sealed > 0) {
      const { head, until, leavesBytes } = await this.#local.extentOf(this.#sealed)
      await this.#compareHead(segmentKey(head.number), head)
      await this.#compareLeaves(leavesKey(head.number), head.number, { from: 0, end: leavesBytes })
      this.#shipped = until
    }
    this.#tails = await this.#resumeTails(state, numbers)
    const last = this.#tails.at(-1)?.pieces.at(-1)
    if (last !== undefined) this.#shipped = last.until.leaf
    const counted = new Set(
      this.#tails.flatMap(({ head, pieces }) => pieces.map((one) => pieceKey(nameOf(head, one), 'leaves'))),
    )
    for (const piece of state.pieces) if (!counted.has(pieceKey(piece, 'leaves'))) await this.#removePiece(piece)
  }

  async #resumeTails({ pieces }: StoreState, numbers: readonly number[]): Promise<Tail[]> {
    const tails: Tail[] = []
    const bySegment = Map.groupBy(pieces.filter(isWhole), ({ segment }) => segment)
    for (let number = this.#sealed + 1; bySegment.has(number); number++) {
      const head = number <= numbers.length ? await this.#local.headOf(number) : undefined
      if (head === undefined) throw otherHistory(this.#store, `segment ${number} is begun there and not here`)
      const tail: Tail = { head, pieces: [] }
      for (const { from, until, segmentBytes, leavesBytes } of piecesInRow(
        bySegment.get(number) ?? [],
        head.firstLeaf,
      )) {
        if (until > this.#size()) throw otherHistory(this.#store, `leaf ${until - 1} is there and not here`)
        const begin = tail.pieces.at(-1)?.until ?? beginOf(head)
        // The first piece has the head of the segment in front.
        const offset = (from === head.firstLeaf ? 0 : begin.offset) + segmentBytes
        const end = { leaf: until, offset, leavesOffset: begin.leavesOffset + leavesBytes }
        tail.pieces.push({ from: begin, until: end })
      }
      await this.#comparePieces(tail)
      tails.push(tail)
    }
    return tails
  }

  async #comparePieces({ head, pieces }: Tail): Promise<void> {
    const [first, last] = [pieces[0], pieces.at(-1)]
    if (first === undefined || last === undefined) return
    await this.#compareHead(pieceKey(nameOf(head, first), 'segment'), head)
    const { leavesOffset: from } = last.from
    const range = { from, end: last.until.leavesOffset }
    await this.#compareLeaves(pieceKey(nameOf(head, last), 'leaves'), head.number, range)
    for await (const place of this.#local.placesAfter(head, last.from, last.until.leaf))
      if (place.leaf === last.until.leaf && place.offset !== last.until.offset)
        throw otherHistory(this.#store, `leaf ${place.leaf} is not where it is here`)
  }

  async #compareHead(key: string, head: SegmentHead): Promise<void> {
    const there = await this.#store.get(key, { from: 0, length: SEGMENT_HEAD_BYTES })
    const here = await this.#local.bytes(this.#local.layout.segment(head.number), 0, SEGMENT_HEAD_BYTES)
    if (there === undefined || !there.bytes.equals(here))
      throw otherHistory(this.#store, `segment ${head.number} is another one there`)
  }

  /** Compares the end of a stretch of leaves. */
  async #compareLeaves(key: string, number: number, { from, end }: { from: number; end: number }): Promise<void> {
    const length = Math.min(COMPARED_BYTES, end - from)
    const there = await this.#store.get(key, { from: end - from - length, length })
    const here = await this.#local.bytes(this.#local.layout.leafFile(number), end - length, end)
    if (there?.size !== end - from || !there.bytes.equals(here))
      throw otherHistory(this.#store, `leaves of segment ${number} are others there`)
  }

  /** Ships the next piece; false where the next one is a whole segment of which nothing is there. */
  async #shipPiece(): Promise<boolean> {
    const tail = await this.#openTail()
    const begin = tail.pieces.at(-1)?.until ?? beginOf(tail.head)
    const { number } = tail.head
    if (tail.pieces.length === 0 && this.#tails.length === 1 && number < (await this.#local.numbers()).length)
      return false
    let end: LeafPlace | undefined
    for await (const place of this.#local.placesAfter(tail.head, begin, this.#size())) {
      if (end !== undefined && place.offset - begin.offset > this.#pieceBytes) break
      end = place
    }
    if (end === undefined) throw new Fault(`Cannot ship leaf ${begin.leaf}: it is not in segment ${number}`)
    await this.#storePiece(tail.head, { from: begin, until: end }, { absent: true })
    tail.pieces.push({ from: begin, until: end })
    this.#shipped = end.leaf
    return true
  }

  /** The segment to which the next leaf belongs. */
  async #openTail(): Promise<Tail> {
    const last = this.#tails.at(-1)
    const numbers = await this.#local.numbers()
    const number = last?.head.number ?? this.#sealed
    const isDone =
      last === undefined || (number < numbers.length && (await this.#local.extentOf(number)).until === this.#shipped)
    if (!isDone) return last
    const head = await this.#local.headOf(number + 1)
    if (head?.firstLeaf !== this.#shipped)
      throw new Fault(`Cannot ship segment ${number + 1}: it does not begin with leaf ${this.#shipped}`)
    const tail = { head, pieces: [] }
    this.#tails.push(tail)
    return tail
  }

  async #storePiece(head: SegmentHead, piece: Shipped, condition?: { readonly absent: true }): Promise<void> {
    const { layout } = this.#local
    const { from, until } = piece
    const name = nameOf(head, piece)
    const parts = [
      ['segment', layout.segment(head.number), from.leaf === head.firstLeaf ? 0 : from.offset, until.offset],
      ['leaves', layout.leafFile(head.number), from.leavesOffset, until.leavesOffset],
    ] as const
    for (const [ending, path, begin, end] of parts) {
      const key = pieceKey(name, ending)
      const bytes = await this.#local.bytes(path, begin, end)
      const put = await this.#store.put(key, bytes, condition)
      if (put.kind === 'refused') throw new Fault(`Cannot ship to ${this.#store.name}: "${key}" is there already`)
    }
  }

  /** Ships the first segment that takes no further record, whole; false where there is none. Removes its pieces. */
  async #seal(): Promise<boolean> {
    const number = this.#sealed + 1
    if (number >= (await this.#local.numbers()).length) return false
    const { layout } = this.#local
    const { until, segmentBytes, leavesBytes } = await this.#local.extentOf(number)
    const isPart = this.#shipped < until
    if (isPart && (this.#tails[0]?.pieces.length ?? 0) > 0) return false // its last pieces come first
    if (this.#half.get(number) !== segmentBytes)
      await this.#store.put(segmentKey(number), { path: layout.segment(number), size: segmentBytes })
    await this.#store.put(leavesKey(number), { path: layout.leafFile(number), size: leavesBytes })
    const sidecar = layout.sidecar(number)
    const put = await this.#store.put(
      sidecarKey(number),
      await this.#local.bytes(sidecar, 0, await this.#local.sizeOf(sidecar)),
      { absent: true },
    )
    if (put.kind === 'refused')
      throw new Fault(`Cannot ship to ${this.#store.name}: segment ${number} is there already`)
    this.#sealed = number
    if (isPart) this.#shipped = until
    this.#tails = this.#tails.filter(({ head }) => head.number > number)
    for (const piece of await listPieces(this.#store, tailPrefix(number))) await this.#removePiece(piece)
    return true
  }

  /** Leaves first: a piece without leaves does not count. */
  async #removePiece(name: PieceName): Promise<void> {
    await this.#store.remove(pieceKey(name, 'leaves'))
    await this.#store.remove(pieceKey(name, 'segment'))
  }

  /**
   * Makes one piece of sixteen in a row that are of one order of length: there are few pieces of a segment however often
   * it is shipped, and each byte is shipped again some four times.
   */
  async #merge(): Promise<void> {
    const tail = this.#tails.at(-1)
    if (tail === undefined) return
    for (let order = 0; order < 8; order++) {
      const most = 1024 * MERGED_PIECES ** order
      if (most > this.#pieceBytes) return
      const { pieces } = tail
      const small = pieces.length - 1 - pieces.findLastIndex(({ from, until }) => until.offset - from.offset > most)
      const [first, last] = [pieces[pieces.length - small], pieces.at(-1)]
      if (small < MERGED_PIECES || first === undefined || last === undefined) continue
      const merged = { from: first.from, until: last.until }
      if (last.until.offset - first.from.offset > this.#pieceBytes) continue
      await this.#storePiece(tail.head, merged)
      // Pieces that were shipped meanwhile follow.
      const old = pieces.splice(pieces.indexOf(first), small, merged)
      for (const piece of old) await this.#removePiece(nameOf(tail.head, piece))
    }
  }
}

const beginOf = (head: SegmentHead): LeafPlace => ({
  leaf: head.firstLeaf,
  offset: SEGMENT_HEAD_BYTES,
  leavesOffset: 0,
})
const nameOf = ({ number }: SegmentHead, { from, until }: Shipped): PieceName => ({
  segment: number,
  from: from.leaf,
  until: until.leaf,
})

const otherHistory = (store: ObjectStore, what: string): Fault =>
  new Fault(`Cannot ship the archive to ${store.name}: ${what}; it holds another history, which is left as it is`)
