const HOUR = 3_600_000
const WEEK = 7 * 24 * HOUR
/** Weeks of the matched evenings, before and after. */
const AROUND = [-4, -3, -2, -1, 1, 2, 3, 4] as const

/** Onsets with an event at each circular shift by weeks, less the mean over the shifts four weeks to either side. */
export function excessByWeeks(counts: Float64Array): Float64Array {
  const around = (shift: number): number => {
    const sum = AROUND.reduce((total, week) => {
      const turned = (((shift + week) % counts.length) + counts.length) % counts.length
      return total + (counts[turned] ?? 0)
    }, 0)
    return sum / AROUND.length
  }
  return counts.map((count, shift) => count - around(shift))
}

/** Number of onsets in a stretch of time, ends included, each by the share of its draws there. */
export function onsetCounter(onsets: readonly ArrayLike<number>[]): (from: number, until: number) => number {
  const draws = onsets
    .flatMap((one) => Array.from(one, (at) => ({ at, weight: 1 / one.length })))
    .toSorted((a, b) => a.at - b.at)
  const times = Float64Array.from(draws, ({ at }) => at)
  const before = new Float64Array(draws.length + 1)
  for (const [index, { weight }] of draws.entries()) before[index + 1] = (before[index] ?? 0) + weight
  const rank = (at: number, included: boolean): number => {
    let [low, high] = [0, times.length]
    while (low < high) {
      const middle = (low + high) >> 1
      const time = times[middle] ?? Number.POSITIVE_INFINITY
      if (time < at || (included && time === at)) low = middle + 1
      else high = middle
    }
    return low
  }
  return (from, until) => (before[rank(until, true)] ?? 0) - (before[rank(from, false)] ?? 0)
}

/** What is shifted and counted in the linear test; times on the wall clock. */
export interface ExcessFrame {
  readonly events: readonly number[]
  readonly count: (from: number, until: number) => number
  readonly windowHours: readonly [number, number]
  /** Only what lies in here is looked at, for every shift alike. */
  readonly from: number
  readonly until: number
}

/**
 * Onsets near the shifted events, less the mean over the same clock time of the weeks around, those inside the frame:
 * a trend, a campaign of weeks or a rhythm of weekdays that both series share falls out of the difference.
 */
export function excessAt({ events, count, windowHours: [low, high], from, until }: ExcessFrame, shift: number): number {
  const near = (start: number): number => count(start + low * HOUR, start + high * HOUR)
  const inside = (start: number): boolean => start >= from && start < until
  let excess = 0
  for (const event of events) {
    const start = event + shift
    if (!inside(start)) continue
    let [matched, sum] = [0, 0]
    for (const week of AROUND) {
      const other = start + week * WEEK
      if (!inside(other)) continue
      matched++
      sum += near(other)
    }
    if (matched > 0) excess += near(start) - sum / matched
  }
  return excess
}
