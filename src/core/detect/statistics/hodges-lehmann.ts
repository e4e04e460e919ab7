import { normalQuantile } from './normal.ts'
import { signedRankLaw } from './rank.ts'

/** A location with its interval. */
export interface Located {
  readonly value: number
  readonly low: number
  readonly high: number
}

/**
 * Hodges and Lehmann's location of independent values, the median of all (x_i + x_j)/2 with i ≤ j, with the interval
 * that inverts Wilcoxon's signed-rank test. Fewer than six values cannot give 95 %: the interval is then their whole
 * range, and holds the truth in 1 − 2^(1−n) of cases at most. NaN for no value. Values of one probe are not
 * independent: give one value a probe. Source: Hodges and Lehmann, Annals of Mathematical Statistics 34 (1963).
 */
export function hodgesLehmann(values: readonly number[], confidence = 0.95): Located {
  const sorted = Float64Array.from(values).sort()
  const n = sorted.length
  if (n === 0) return { value: Number.NaN, low: Number.NaN, high: Number.NaN }
  const pairs = (n * (n + 1)) / 2
  const middle = (walshAverage(sorted, Math.floor((pairs - 1) / 2)) + walshAverage(sorted, Math.floor(pairs / 2))) / 2
  const cut = Math.max(0, criticalRank(n, (1 - confidence) / 2) - 1)
  return { value: middle, low: walshAverage(sorted, cut), high: walshAverage(sorted, pairs - 1 - cut) }
}

/** Place, from 1, of the average that bounds the interval, from either end: the largest k with P(W ≤ k − 1) ≤ tail. */
function criticalRank(n: number, tail: number): number {
  if (n > 50) {
    const spread = Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)
    return Math.max(0, Math.floor((n * (n + 1)) / 4 - normalQuantile(1 - tail) * spread))
  }
  const law = signedRankLaw(n)
  let below = 0
  let k = 0
  while (below + law[k]! <= tail) below += law[k++]! // the law sums to 1, so the loop ends inside
  return k
}

/** The average of place k (from 0, ascending) by halving the range: n steps a halving, no list of n²/2 averages. */
function walshAverage(sorted: Float64Array, k: number): number {
  let low = sorted[0]! // there is a value
  let high = sorted[sorted.length - 1]!
  if (countUpTo(sorted, low) > k) return low
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (countUpTo(sorted, middle) > k) high = middle
    else low = middle
  }
}

/** Number of pairs i ≤ j with (x_i + x_j)/2 ≤ limit. */
function countUpTo(sorted: Float64Array, limit: number): number {
  let count = 0
  let partner = sorted.length - 1
  for (let i = 0; i < sorted.length; i++) {
    // i ≤ partner < length.
    while (partner >= i && (sorted[i]! + sorted[partner]!) / 2 > limit) partner--
    if (partner < i) break
    count += partner - i + 1
  }
  return count
}
