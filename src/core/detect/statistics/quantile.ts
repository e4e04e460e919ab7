/**
 * Quantile of ascending numbers by linear interpolation, type 7 of Hyndman and Fan (1996), the default of R and numpy.
 * `p` in [0, 1]; NaN for an empty list.
 */
export function quantileSorted(ascending: ArrayLike<number>, p: number): number {
  const n = ascending.length
  if (n === 0) return Number.NaN
  const place = (n - 1) * Math.min(1, Math.max(0, p))
  const below = Math.floor(place)
  const low = ascending[below]! // 0 ≤ below ≤ n − 1
  const high = ascending[Math.min(n - 1, below + 1)]!
  // Equal ends are returned as they are: ∞ − ∞ is no number.
  return place === below || low === high ? low : low + (place - below) * (high - low)
}

/** Quantile (type 7) of numbers in any order; NaN for none. */
export const quantile = (values: ArrayLike<number>, p: number): number =>
  quantileSorted(new Float64Array(values).sort(), p)

/** Median of numbers in any order; NaN for none. */
export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)
