import type { Trials } from './trials.ts'

/** A stretch of trials with one rate of failure; indices, the first included and the second not. */
export interface Segment {
  readonly from: number
  readonly until: number
  readonly failed: number
}

/** Segments of all trials between ascending inner changes; a change is the index of the first trial after it. */
export function segmentsBetween(changes: readonly number[], fail: ArrayLike<number>): readonly Segment[] {
  const edges = [0, ...changes, fail.length]
  return edges.slice(1).map((until, k) => {
    const from = edges[k]! // one edge more than segments
    let failed = 0
    for (let index = from; index < until; index++) failed += fail[index]! // below the length
    return { from, until, failed }
  })
}

/** Share of failures from which a segment counts as restricted: the level OONI's CUSUM tells by. */
const FAILING = 0.35

/** Start and end of a stretch; absent where it reaches the first or the last trial known. */
export interface TrialStretch {
  readonly start?: number
  readonly end?: number
}

/** The run of failing segments that shares most time with a window, by the times of its first trial and of the first after. */
export function failingStretch(
  segments: readonly Segment[],
  trials: Trials,
  about: { readonly from: number; readonly until: number },
): TrialStretch | undefined {
  let best: TrialStretch | undefined
  let most = -1
  for (const { first, last } of failingRuns(segments)) {
    const from = trials.at[segments[first]!.from]! // segments hold at least one trial
    const lastTrial = segments[last]!.until
    const until = lastTrial < trials.at.length ? trials.at[lastTrial]! : Infinity
    const shared = Math.min(until, about.until) - Math.max(from, about.from)
    if (shared < 0 || shared <= most) continue
    most = shared
    best = { ...(first > 0 && { start: from }), ...(until < Infinity && { end: until }) }
  }
  return best
}

function failingRuns(segments: readonly Segment[]): readonly { readonly first: number; readonly last: number }[] {
  const runs: { first: number; last: number }[] = []
  segments.forEach(({ from, until, failed }, k) => {
    if (until === from || failed / (until - from) < FAILING) return
    const before = runs.at(-1)
    if (before !== undefined && before.last === k - 1) before.last = k
    else runs.push({ first: k, last: k })
  })
  return runs
}
