/** Price of one change: BIC counts a level and a place, 2 ln n; a multiple makes the segmentation coarser. */
export interface PeltOptions {
  readonly penalty: number
}

/**
 * Change points of a sequence of successes (0) and failures (1): the segmentation that minimises Σ 2 C + penalty per
 * change, C(s, n) = −[s ln(s/n) + (n − s) ln(1 − s/n)]. Gives the ascending indices at which a new segment begins.
 * The penalty of BIC is 2 ln n (against the undoubled C it would be twice BIC).
 *
 * Exact, with the pruning of Killick, Fearnhead and Eckley (JASA 107, 2012). C is concave in the length of a run of
 * equal outcomes, so a best change lies at the border of two runs: only borders are tried.
 */
export function pelt(fail: ArrayLike<number>, options?: PeltOptions): readonly number[] {
  const n = fail.length
  if (n < 2) return []
  const penalty = options?.penalty ?? 2 * Math.log(n)
  const xlnx = Float64Array.from({ length: n + 1 }, (_, k) => (k === 0 ? 0 : k * Math.log(k)))
  const borders = bordersOf(fail)
  const failedBefore = Float64Array.from(borders.failed)
  const place = Float64Array.from(borders.place)
  const best = new Float64Array(place.length)
  const previous = new Int32Array(place.length).fill(-1)
  best[0] = -penalty
  let candidates: number[] = [0]
  const values = new Float64Array(place.length)
  for (let end = 1; end < place.length; end++) {
    let least = Infinity
    let from = 0
    for (let k = 0; k < candidates.length; k++) {
      const start = candidates[k]! // k is below the length
      const length = place[end]! - place[start]!
      const failed = failedBefore[end]! - failedBefore[start]!
      const twice = 2 * (xlnx[length]! - xlnx[failed]! - xlnx[length - failed]!)
      const value = best[start]! + twice // candidates are places of the list
      values[k] = value
      if (value + penalty >= least) continue
      least = value + penalty
      from = start
    }
    best[end] = least
    previous[end] = from
    // A start that is dearer than the best end by now can never win again.
    candidates = candidates.filter((_, k) => values[k]! <= least)
    candidates.push(end)
  }
  const changes: number[] = []
  // `previous` holds places of its own list, −1 at the first.
  for (let end = previous[place.length - 1]!; end > 0; end = previous[end]!) changes.push(place[end]!)
  return changes.reverse()
}

/** Places where outcomes change, both ends included, and the failures before each. */
function bordersOf(fail: ArrayLike<number>): { readonly place: readonly number[]; readonly failed: readonly number[] } {
  const place = [0]
  const failed = [0]
  let sum = 0
  for (let k = 0; k < fail.length; k++) {
    if (k > 0 && fail[k] !== fail[k - 1]) {
      place.push(k)
      failed.push(sum)
    }
    sum += fail[k]! // k is below the length
  }
  place.push(fail.length)
  failed.push(sum)
  return { place, failed }
}
