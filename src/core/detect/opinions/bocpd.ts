import { lnGamma } from '../statistics/gamma.ts'

/** Prior of the rate of failure in a segment, Beta(a, b), and the chance of a change in the gap before each outcome. */
export interface BocpdOptions {
  readonly prior: readonly [number, number]
  /** One number for all gaps, or one a gap: place k is the gap before outcome k; place 0 is not used. */
  readonly hazard: number | ArrayLike<number>
}

/** What Bayesian change points say of a whole sequence. */
export interface BocpdResult {
  readonly logEvidence: number
  /**
   * P(length of the current segment = r | all), r from 1, the last outcome included; place 0 is r = 1. The recursion of
   * Adams and MacKay looks one step further: its P(r = 0) is the hazard, the rest (1 − hazard) times these.
   */
  readonly runLength: Float64Array
  /** P(a segment begins at outcome k | all); 0 for the first. */
  readonly change: Float64Array
}

/** Hazard of irregular times with a mean of `tau` between changes: 1 − e^(−Δ/τ), Δ and τ in one unit. */
export const hazardOf = (at: ArrayLike<number>, tau: number): Float64Array =>
  Float64Array.from({ length: at.length }, (_, k) => (k === 0 ? 0 : -Math.expm1(-(at[k]! - at[k - 1]!) / tau)))

/** ln evidence of segments in constant time, and ln of hazards and their complements. */
interface Model {
  readonly n: number
  /** ln P(outcomes from … until − 1 | one segment without a change in its inner gaps). */
  readonly segment: (from: number, until: number) => number
  readonly lnHazard: Float64Array
}

function modelOf(fail: ArrayLike<number>, { prior: [a, b], hazard }: BocpdOptions): Model {
  const n = fail.length
  const table = (shift: number): Float64Array => Float64Array.from({ length: n + 1 }, (_, k) => lnGamma(shift + k))
  const [lnA, lnB, lnAB] = [table(a), table(b), table(a + b)]
  const start = lnAB[0]! - lnA[0]! - lnB[0]! // tables hold n + 1 ≥ 1 places
  const chance = (k: number): number => (typeof hazard === 'number' ? hazard : hazard[k]!) // one a gap
  const lnHazard = Float64Array.from({ length: n }, (_, k) => Math.log(chance(k)))
  // Sums of ln(1 − hazard) before outcome k, the hazard of gap 0 left out; a certain change is kept from −∞ − −∞.
  const lnStay = new Float64Array(n + 1)
  const failed = new Float64Array(n + 1)
  for (let k = 0; k < n; k++) {
    // Sums hold n + 1 places, lists of gaps and outcomes n.
    lnStay[k + 1] = lnStay[k]! + (k === 0 ? 0 : Math.max(-1e6, Math.log1p(-chance(k))))
    failed[k + 1] = failed[k]! + fail[k]! // k is below the length
  }
  const segment = (from: number, until: number): number => {
    const k = failed[until]! - failed[from]! // from < until ≤ n, the last place of every table
    return start + lnA[k]! + lnB[until - from - k]! - lnAB[until - from]! + lnStay[until]! - lnStay[from + 1]!
  }
  return { n, segment, lnHazard }
}

const lnSum = (a: number, b: number): number => {
  const high = Math.max(a, b)
  return high === -Infinity ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high))
}

/**
 * Bayesian change points of successes (0) and failures (1), Beta–Bernoulli: exact sums over all segmentations, n²/2
 * steps forwards and as many backwards. Source: Adams and MacKay (2007) for the run length; Fearnhead, Statistics and
 * Computing 16 (2006) for the sums backwards.
 */
export function bocpd(fail: ArrayLike<number>, options: BocpdOptions): BocpdResult {
  const { n, segment, lnHazard } = modelOf(fail, options)
  // begun[k]: ln P(outcomes before k, a segment begins at k); rest[k]: ln P(outcomes from k | a segment begins at k).
  const begun = new Float64Array(n)
  let logEvidence = 0
  for (let until = 1; until <= n; until++) {
    let sum = -Infinity
    // from < until ≤ n: `begun` has n places, and a hazard is read only below n.
    for (let from = 0; from < until; from++) sum = lnSum(sum, begun[from]! + segment(from, until))
    if (until < n) begun[until] = sum + lnHazard[until]!
    else logEvidence = sum
  }
  const rest = new Float64Array(n + 1)
  for (let from = n - 1; from >= 0; from--) {
    let sum = -Infinity
    // `rest` has n + 1 places, hazards are read only below n.
    for (let until = from + 1; until <= n; until++)
      sum = lnSum(sum, segment(from, until) + (until === n ? 0 : lnHazard[until]! + rest[until]!))
    rest[from] = sum
  }
  const runLength = Float64Array.from({ length: n }, (_, r) => {
    const from = n - 1 - r // from n − 1 down to 0
    return Math.exp(begun[from]! + segment(from, n) - logEvidence)
  })
  // k runs over the n outcomes, each of which has its place in both.
  const change = Float64Array.from({ length: n }, (_, k) =>
    k === 0 ? 0 : Math.exp(begun[k]! + rest[k]! - logEvidence),
  )
  return { logEvidence, runLength, change }
}

/** The most likely segmentation of the same model, by the ascending indices at which a new segment begins. */
export function likeliestChanges(fail: ArrayLike<number>, options: BocpdOptions): readonly number[] {
  const { n, segment, lnHazard } = modelOf(fail, options)
  const begun = new Float64Array(n + 1)
  const previous = new Int32Array(n + 1)
  for (let until = 1; until <= n; until++) {
    let best = -Infinity
    for (let from = 0; from < until; from++) {
      // from < until ≤ n, and every list has at least n places.
      const value = begun[from]! + segment(from, until)
      if (value <= best) continue
      best = value
      previous[until] = from
    }
    // A hazard is read only below n.
    begun[until] = best + (until < n ? lnHazard[until]! : 0)
  }
  const changes: number[] = []
  // `previous` has n + 1 places and holds places of its own.
  for (let from = previous[n]!; from > 0; from = previous[from]!) changes.push(from)
  return changes.reverse()
}
