import { normalCdf } from './normal.ts'

/** Ranks from 1, ties sharing their mean, and the sum of t³ − t over ties of t values. */
export function ranks(values: readonly number[]): { readonly ranks: readonly number[]; readonly ties: number } {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!)
  const found = new Array<number>(values.length).fill(0)
  let ties = 0
  for (let from = 0; from < order.length;) {
    let until = from + 1
    // `order` holds indices of the values.
    while (until < order.length && values[order[until]!] === values[order[from]!]) until++
    for (let k = from; k < until; k++) found[order[k]!] = (from + 1 + until) / 2 // the mean of ranks from + 1 … until
    const count = until - from
    ties += count ** 3 - count
    from = until
  }
  return { ranks: found, ties }
}

/** Number of pairs (x of `first`, y of `second`) with x > y, a tie counting one half: Mann and Whitney's U. */
export function mannWhitneyU(first: readonly number[], second: readonly number[]): number {
  const joint = ranks([...first, ...second]).ranks
  const sum = joint.slice(0, first.length).reduce((total, rank) => total + rank, 0)
  return sum - (first.length * (first.length + 1)) / 2
}

const EXACT_CELLS = 10_000

/**
 * p of "values of `first` are greater" by Mann and Whitney: exact without ties up to 10,000 pairs, else the normal law
 * with continuity and tie correction. 1 where a sample is empty.
 */
export function mannWhitneyGreaterP(first: readonly number[], second: readonly number[]): number {
  const m = first.length
  const n = second.length
  if (m === 0 || n === 0) return 1
  const u = mannWhitneyU(first, second)
  const { ties } = ranks([...first, ...second])
  if (ties === 0 && m * n <= EXACT_CELLS) return mannWhitneyTail(u, m, n)
  const total = m + n
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)))
  return variance === 0 ? 1 : normalCdf(-(u - (m * n) / 2 - 0.5) / Math.sqrt(variance))
}

/** P(U ≥ u) without ties, by the recursion on the largest value of the joint sample. */
function mannWhitneyTail(u: number, m: number, n: number): number {
  // P(U_{i,j} = v) = i/(i + j) · P(U_{i−1,j} = v − j) + j/(i + j) · P(U_{i,j−1} = v); row i holds every j.
  let above: Float64Array[] = Array.from({ length: n + 1 }, () => Float64Array.of(1))
  for (let i = 1; i <= m; i++) {
    const row: Float64Array[] = [Float64Array.of(1)]
    for (let j = 1; j <= n; j++) {
      const law = new Float64Array(i * j + 1)
      const fromAbove = above[j]! // every row has n + 1 laws
      const fromLeft = row[j - 1]! // made in the step before
      for (let v = 0; v < fromAbove.length; v++) law[v + j] = (i / (i + j)) * fromAbove[v]!
      for (let v = 0; v < fromLeft.length; v++) law[v] = law[v]! + (j / (i + j)) * fromLeft[v]!
      row.push(law)
    }
    above = row
  }
  const law = above[n]! // n + 1 laws
  let sum = 0
  for (let v = law.length - 1; v >= u; v--) sum += law[v]! // smallest terms first
  return Math.min(1, sum)
}

/**
 * p of "the differences lie above zero" by Wilcoxon's signed ranks: zeros are dropped; exact up to 50 differences
 * without ties, else the normal law with continuity and tie correction. 1 where nothing is left.
 */
export function wilcoxonGreaterP(differences: readonly number[]): number {
  const kept = differences.filter((value) => value !== 0)
  const n = kept.length
  if (n === 0) return 1
  const { ranks: found, ties } = ranks(kept.map(Math.abs))
  // One rank a value.
  const positive = found.reduce((sum, rank, index) => sum + (kept[index]! > 0 ? rank : 0), 0)
  if (ties === 0 && n <= 50)
    return signedRankLaw(n)
      .slice(positive)
      .reduceRight((sum, value) => sum + value, 0)
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48
  return normalCdf(-(positive - (n * (n + 1)) / 4 - 0.5) / Math.sqrt(variance))
}

/** P(W = 0), P(W = 1) … of the sum of positive ranks of n differences without ties. */
export function signedRankLaw(n: number): Float64Array {
  let law = Float64Array.of(1)
  for (let rank = 1; rank <= n; rank++) {
    const wider = new Float64Array(law.length + rank)
    for (let v = 0; v < law.length; v++) {
      // v + rank is at most the last place of the wider law.
      wider[v] = wider[v]! + law[v]! / 2
      wider[v + rank] = wider[v + rank]! + law[v]! / 2
    }
    law = wider
  }
  return law
}
