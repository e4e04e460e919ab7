import { HOUR_MS } from '../../model/duration.ts'
import type { Points } from '../chain/points.ts'

/** An incident as a stretch of points: its run of γ ≥ ½, and the window in which its edges lie. All ends included. */
export interface IncidentSpan {
  readonly from: number
  readonly to: number
  readonly windowFrom: number
  readonly windowTo: number
  readonly peak: number
  /** Nothing was measured for too long on that side, and it is restricted on the other side of that time too. */
  readonly cut: { readonly start: boolean; readonly end: boolean }
}

const QUIET = 0.005
const MARGIN = 2 * HOUR_MS

/**
 * Finds incidents: maximal runs of γ ≥ ½ whose highest γ is at least `peak`. The window reaches out to the first point
 * with γ < .005 more than two hours away, or, where another run comes first, to the
 * quietest point between the two. A run ends where nothing was measured for longer than `bridged` allows.
 */
export function findSpans(
  points: Points,
  restricted: Float64Array,
  { peak, bridged }: { readonly peak: number; readonly bridged?: Bridged },
): readonly IncidentSpan[] {
  const whole = { cut: { start: false, end: false } }
  const runs = runsOf(restricted).flatMap((run) =>
    bridged === undefined ? [{ ...run, ...whole }] : cutAtGaps(run, { points, restricted, bridged }),
  )
  return runs.flatMap(({ from, to, highest, cut }, which) => {
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
    if (cut.start) windowFrom = from
    let windowTo = to
    while (windowTo < furthest && !quietAfter(windowTo)) windowTo++
    if (after !== undefined && windowTo === furthest) windowTo = quietest(restricted, to, furthest)
    if (cut.end) windowTo = to
    return [{ from, to, windowFrom, windowTo, peak: highest, cut }]
  })
}

/** What an incident may continue over. */
export interface Bridged {
  /** Whether a time without measurements, from and until, is short enough to be part of one incident. */
  readonly over: (from: number, until: number) => boolean
  /** Whether a burst says a failure: a run is cut only between failures. */
  readonly failed: (burst: number) => boolean
}

/** Parts of a run between times that are not bridged: each begins and ends with a burst on the side that is cut. */
function cutAtGaps(
  run: RunOfHalf,
  { points, restricted, bridged }: { points: Points; restricted: Float64Array; bridged: Bridged },
): readonly CutRun[] {
  const parts: CutRun[] = []
  let { from } = run
  let last = -1
  let isCut = false
  let gap: readonly [before: number, after: number] | undefined
  const push = (to: number, end: boolean): void => {
    let highest = 0
    for (let k = from; k <= to; k++) highest = Math.max(highest, restricted[k]!) // within the run
    parts.push({ from, to, highest, cut: { start: isCut, end } })
  }
  let failedLast = -1
  for (let k = run.from; k <= run.to; k++) {
    const burst = points.burst[k]! // within the run, here and below
    if (burst < 0) continue
    if (last >= 0 && !bridged.over(points.at[last]!, points.at[k]!)) gap = [last, k]
    last = k
    if (!bridged.failed(burst)) continue
    if (gap !== undefined && failedLast >= from) {
      push(gap[0], true)
      from = gap[1]
      isCut = true
    }
    gap = undefined
    failedLast = k
  }
  push(run.to, false)
  return parts
}

interface CutRun extends RunOfHalf {
  readonly cut: IncidentSpan['cut']
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
