import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { instant } from '../../../core/model/units.ts'
import type { ThinnedOnce } from '../contract.ts'

/** One thinning of one segment: a line of the log of erasures. */
export interface Thinning extends ThinnedOnce {
  /** Length of the file of the segment afterwards: it is shorter each time, so it says which file is meant. */
  readonly segmentBytes: number
  /** One bit a leaf from the first one on, the lowest bit of a byte first. */
  readonly bitmap: Buffer
  /** Where the records of erased leaves of the segment are afterwards: leaf, offset. */
  readonly moved: readonly (readonly [number, number])[]
}

/** A bitmap of the leaves of a segment. */
export function bitmapOf(leaves: Iterable<number>, { firstLeaf, count }: { firstLeaf: number; count: number }): Buffer {
  const bitmap = Buffer.alloc(Math.ceil(count / 8))
  for (const leaf of leaves) {
    const nth = leaf - firstLeaf
    bitmap[nth >> 3]! |= 1 << (nth & 7) // a leaf of the segment
  }
  return bitmap
}

const hasBit = (bitmap: Buffer, nth: number): boolean => ((bitmap[nth >> 3] ?? 0) & (1 << (nth & 7))) !== 0

/** A thinning as its line of the log has it. */
export const encodeThinning = (thinning: Thinning): Readonly<Record<string, unknown>> => ({
  kind: 'thinned',
  ...thinning,
  bitmap: deflateRawSync(thinning.bitmap).toString('base64'),
})

/** Reads a line of our own whose checksum holds. */
export function decodeThinning(value: Readonly<Record<string, unknown>>): Thinning {
  const number = (name: string): number => Number(value[name])
  return {
    at: instant(number('at')),
    segment: number('segment'),
    firstLeaf: number('firstLeaf'),
    leaves: number('leaves'),
    segmentBytes: number('segmentBytes'),
    bitmap: inflateRawSync(Buffer.from(String(value['bitmap']), 'base64')),
    months: value['months'] as Thinning['months'],
    moved: value['moved'] as Thinning['moved'],
  }
}

/** What was thinned of an archive, by its log of erasures. */
export class ThinnedLeaves {
  readonly #bySegment = new Map<number, Thinning[]>()
  readonly #all: Thinning[] = []

  add(thinning: Thinning): void {
    const known = this.#bySegment.get(thinning.segment) ?? []
    known.push(thinning)
    this.#bySegment.set(thinning.segment, known)
    this.#all.push(thinning)
  }

  /** Number of thinnings: a reader has all of them if it has as many. */
  get lines(): number {
    return this.#all.length
  }

  get all(): readonly Thinning[] {
    return this.#all
  }

  /** The last thinning of a segment: it says how long the file is. */
  lastOf(segment: number): Thinning | undefined {
    return this.#bySegment.get(segment)?.at(-1)
  }

  get segments(): readonly number[] {
    return [...this.#bySegment.keys()]
  }

  /** Whether a leaf was thinned; it may have been erased since. */
  has(leaf: number): boolean {
    for (const thinnings of this.#bySegment.values()) {
      const [first] = thinnings
      if (first === undefined || leaf < first.firstLeaf || leaf >= first.firstLeaf + first.leaves) continue
      return thinnings.some(({ bitmap }) => hasBit(bitmap, leaf - first.firstLeaf))
    }
    return false
  }
}
