import { HOUR_MS } from '../../model/duration.ts'
import type { Points } from '../chain/points.ts'

/** An incident as a stretch of points: its run of γ ≥ ½, and the window in which its edges lie. All ends included. */
export interface IncidentSpan {
  readonly from: number
  readonly to: number
  readonly windowFrom: number
  readonly windowTo: number
  readonly peak: number
}

const QUIET = 0.005
const MARGIN = 2 * HOUR_MS

/**
 * Finds incidents: maximal runs of γ ≥ ½ whose highest γ is at least `peak`. The window reaches out to the first point
 * with γ < .005 more than two hours away, or, where another run comes first, to the
 * quietest point between the two.
 */
export function findSpans(points: Points, restricted: Float64Array, peak: number): readonly IncidentSpan[] {
  const runs = runsOf(restricted)
  return runs.flatMap(({ from, to, highest }, which) => {
    if (highest < peak) return []
    const before = runs[which - 1]
    const after = runs[which + 1]
    // indices stay within the points
    const quietBefore = (k: number): boolean => restricted[k]! < QUIET && points.at[from]! - points.at[k]! > MARGIN
    const quietAfter = (k: number): boolean => restricted[k]! < QUIET && points.at[k]! - points.at[to]! > MARGIN
    const lowest = before === undefined ? 0 : before.to
    const furthest = after === undefined ? points.size - 1 : after.from
    let windowFrom = from
    while (windowFrom > lowest && !quietBefore(windowFrom)) windowFrom--
    if (before !== undefined && windowFrom === lowest) windowFrom = quietest(restricted, lowest, from)
    let windowTo = to
    while (windowTo < furthest && !quietAfter(windowTo)) windowTo++
    if (after !== undefined && windowTo === furthest) windowTo = quietest(restricted, to, furthest)
    return [{ from, to, windowFrom, windowTo, peak: highest }]
  })
}

interface RunOfHalf {
  readonly from: number
  readonly to: number
  readonly highest: number
}

function runsOf(restricted: Float64Array): readonly RunOfHalf[] {
  const runs: RunOfHalf[] = []
  let from = -1
  let highest = 0
  for (let k = 0; k <= restricted.length; k++) {
    const p = restricted[k] ?? 0
    if (p >= 0.5) {
      if (from < 0) from = k
      if (p > highest) highest = p
    } else if (from >= 0) {
      runs.push({ from, to: k - 1, highest })
      from = -1
      highest = 0
    }
  }
  return runs
}

/** Point with the lowest γ between two runs; the middle one among equals. */
function quietest(restricted: Float64Array, from: number, to: number): number {
  let least = Infinity
  for (let k = from; k <= to; k++) if (restricted[k]! < least) least = restricted[k]! // within the points
  const equal: number[] = []
  for (let k = from; k <= to; k++) if (restricted[k]! <= least * 1.5 + 1e-9) equal.push(k)
  return equal[equal.length >> 1] ?? from
}
