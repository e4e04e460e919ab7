/** Draws from the random bytes that a run is given. */
export interface Chance {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** The same items in a newly drawn order. */
  shuffled<T>(items: readonly T[]): readonly T[]
}

/** Draws that are fair to a part in 65,536 for the few dozen items of a run; `random` gives fresh bytes. */
export function chanceOf(random: (length: number) => Uint8Array): Chance {
  const below = (limit: number): number => {
    const bytes = random(4)
    // four bytes were asked for
    const number = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0
    return number % Math.max(1, limit)
  }
  const shuffled = <T>(items: readonly T[]): readonly T[] => {
    const order = [...items]
    for (let last = order.length - 1; last > 0; last--) {
      const other = below(last + 1)
      // both are below the length
      ;[order[last], order[other]] = [order[other]!, order[last]!]
    }
    return order
  }
  return { below, shuffled }
}
