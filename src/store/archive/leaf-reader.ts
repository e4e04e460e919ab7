import { Fault } from '../../core/model/errors.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import { framedBytes } from './leaf-file.ts'
import type { Layout } from './layout.ts'
import type { SegmentHead } from './segment-head.ts'
import { Window } from './window.ts'

/** Leaves between two remembered places of a leaf file. */
const STEP = 1024

export interface LeafSource {
  readonly layout: Layout
  readonly disk: Disk
  /** Number of durable leaves. */
  readonly size: () => number
  /** Segment that holds a leaf. */
  readonly segmentOf: (leaf: number) => SegmentHead
  /** Durable length of the leaf file of the segment that is being written; undefined for another. */
  readonly activeEnd: (head: SegmentHead) => number | undefined
}

/**
 * Reads leaves as they were logged from the leaf files alone. The place of each is learnt by walking, and every 1,024th
 * place is remembered, so that a follower of the log reads only what is new.
 */
export class LeafReader {
  readonly #source: LeafSource
  /** Of each segment: where its leaves 0, 1024, 2048 … are in the file, as far as it was walked. */
  readonly #places = new Map<number, number[]>()
  /** Where the last walk ended. */
  #last: { readonly leaf: number; readonly segment: number; readonly offset: number } | undefined

  constructor(source: LeafSource) {
    this.#source = source
  }

  /** Leaves from one to before another, as far as they are durable when asked for. Throws Fault for a damaged file. */
  async *read(from: number, until: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { size, segmentOf } = this.#source
    for (let leaf = from; leaf < Math.min(until, size());) {
      const before = leaf
      for await (const bytes of this.#readSegment(segmentOf(leaf), leaf, Math.min(until, size()))) {
        leaf++
        yield bytes
      }
      if (leaf === before)
        throw new Fault(`Cannot read leaf ${leaf} of "${this.#source.layout.leaves}": it is not there`)
    }
  }

  async *#readSegment(head: SegmentHead, from: number, until: number): AsyncGenerator<Uint8Array, void, undefined> {
    const { layout, disk, activeEnd } = this.#source
    const file = await disk.open(layout.leafFile(head.number), 'read')
    try {
      const window = new Window(file, activeEnd(head) ?? (await file.size()))
      let { leaf, offset } = this.#nearest(head, from)
      while (leaf < until) {
        const prefix = await window.at(offset, 2)
        if (prefix.length === 0) return
        const length = prefix.length < 2 ? 0 : prefix.readUInt16BE(0)
        const framed = await window.at(offset, framedBytes(length))
        if (length === 0 || framed.length < framedBytes(length))
          throw new Fault(`Cannot read leaf ${leaf} in "${file.path}": damaged at byte ${offset}`)
        this.#remember(head, leaf, offset)
        const bytes = Uint8Array.from(framed.subarray(2))
        offset += framed.length
        leaf++
        this.#last = { leaf, segment: head.number, offset }
        if (leaf > from) yield bytes
      }
    } finally {
      await file.close()
    }
  }

  #nearest(head: SegmentHead, leaf: number): { leaf: number; offset: number } {
    const last = this.#last
    const places = this.#places.get(head.number) ?? [0]
    const nth = Math.min(Math.floor((leaf - head.firstLeaf) / STEP), places.length - 1)
    const place = { leaf: head.firstLeaf + nth * STEP, offset: places[nth] ?? 0 }
    if (last?.segment === head.number && last.leaf <= leaf && last.leaf > place.leaf) return { ...last }
    return place
  }

  #remember(head: SegmentHead, leaf: number, offset: number): void {
    const nth = leaf - head.firstLeaf
    if (nth % STEP !== 0) return
    const places = this.#places.get(head.number) ?? []
    if (places.length === nth / STEP) places.push(offset)
    this.#places.set(head.number, places)
  }
}
