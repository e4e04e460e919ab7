/** Some 40 bytes each: what 1,600 solutions a second leave in the 20 minutes of their life. */
const MOST_SPENT = 2_000_000
const SLICE_S = 60

/**
 * Solutions that were taken, until they expire: their price is no price if one opens the door twice. Known by 52 bits of
 * a nonce that the server drew itself, so that two are confused once in two thousand million looks.
 */
export class SpentWork {
  readonly #most: number
  /** By the minute in which they expire. */
  readonly #slices = new Map<number, Set<number>>()
  #size = 0

  constructor(most = MOST_SPENT) {
    this.#most = most
  }

  has(nonce: string, until: number): boolean {
    return this.#slices.get(sliceOf(until))?.has(markOf(nonce)) ?? false
  }

  /**
   * Takes a solution, times in seconds. Where no more can be remembered it is refused as `expired`, so that a page asks
   * for another challenge: to take what might be taken twice would give the flood what it wants.
   */
  take(nonce: string, until: number, now: number): 'done' | 'spent' | 'expired' {
    if (this.has(nonce, until)) return 'spent'
    this.#forget(now)
    if (this.#size >= this.#most) return 'expired'
    const slice = this.#slices.get(sliceOf(until)) ?? new Set()
    this.#slices.set(sliceOf(until), slice.add(markOf(nonce)))
    this.#size += 1
    return 'done'
  }

  #forget(now: number): void {
    for (const [slice, marks] of this.#slices)
      if (slice < sliceOf(now)) {
        this.#slices.delete(slice)
        this.#size -= marks.size
      }
  }
}

const sliceOf = (until: number): number => Math.floor(until / SLICE_S)
const markOf = (nonce: string): number => Number.parseInt(nonce.slice(0, 13), 16)
