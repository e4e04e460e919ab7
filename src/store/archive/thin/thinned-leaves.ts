import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { Fault } from '../../../core/model/errors.ts'
import { instant, type Instant } from '../../../core/model/units.ts'
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

/** Leaves and offsets are stored in six bytes. */
const COUNT = z
  .int()
  .min(0)
  .max(2 ** 48 - 1)
/** A segment has fewer leaves: its records have some hundred bytes each. */
const MOST_LEAVES = 2 ** 26

const thinningSchema = z.strictObject({
  kind: z.literal('thinned'),
  at: COUNT,
  segment: z.int().min(1).max(99_999_999),
  firstLeaf: COUNT,
  leaves: z.int().min(1).max(MOST_LEAVES),
  segmentBytes: COUNT,
  bitmap: z.string(),
  months: z.record(z.string().regex(/^\d{4}-\d{2}$/), COUNT),
  moved: z.array(z.tuple([COUNT, COUNT])),
})

/** Reads a line whose checksum holds; it may be of another machine. Throws Fault for one that is no thinning. */
export function decodeThinning(value: unknown): Thinning {
  const parsed = thinningSchema.safeParse(value)
  if (!parsed.success) throw new Fault('Cannot read a thinning: a field is missing or has another form')
  const { kind: _, at, bitmap, ...rest } = parsed.data
  const bytes = Math.ceil(rest.leaves / 8)
  return { ...rest, at: instant(at), bitmap: inflated(bitmap, bytes) }
}

function inflated(text: string, length: number): Buffer {
  let bytes: Buffer | undefined
  try {
    bytes = inflateRawSync(Buffer.from(text, 'base64'), { maxOutputLength: length })
  } catch {
    // said below
  }
  if (bytes?.length !== length) throw new Fault('Cannot read a thinning: its bitmap is not one bit for each leaf')
  return bytes
}

/** What was thinned of an archive, by its log of erasures. */
export class ThinnedLeaves {
  readonly #bySegment = new Map<number, Thinning[]>()
  readonly #all: Thinning[] = []
  /** First thinning of each segment, by its first leaf. */
  readonly #firsts: Thinning[] = []

  add(thinning: Thinning): void {
    const known = this.#bySegment.get(thinning.segment) ?? []
    if (known.length === 0) this.#firsts.splice(this.#place(thinning.firstLeaf), 0, thinning)
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
    return this.atOf(leaf) !== undefined
  }

  /** When a leaf was thinned; undefined where it was not. */
  atOf(leaf: number): Instant | undefined {
    const first = this.#firsts[this.#place(leaf) - 1]
    if (first === undefined) return undefined
    return this.#bySegment
      .get(first.segment)
      ?.find(({ firstLeaf, bitmap }) => leaf >= firstLeaf && hasBit(bitmap, leaf - firstLeaf))?.at
  }

  /** How many segments that have a thinning begin at a leaf or before it. */
  #place(leaf: number): number {
    let [from, until] = [0, this.#firsts.length]
    while (from < until) {
      const middle = (from + until) >> 1
      const isBefore = this.#firsts[middle]!.firstLeaf <= leaf // below the length
      if (isBefore) from = middle + 1
      else until = middle
    }
    return from
  }
}
