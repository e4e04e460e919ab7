import { DAY_MS } from '../../model/duration.ts'

/** Days of the weeks around, to either side: four weeks and the days next to an evening. */
export const REACH = 31
/** Days next to an evening, to either side: with it they are its own week. */
const OWN_WEEK = 3
/** Weeks of the same weekday, before and after. */
const AROUND = [-4, -3, -2, -1, 1, 2, 3, 4] as const
/** Sums that differ by less are equal. */
const ROUNDING = 1e-9

/** A stretch of time in which an onset counts as one with an event. */
export interface CountedStretch {
  readonly from: number
  readonly until: number
}

/** Number of onsets in a stretch of time, ends included, each by the share of its draws there. */
export function onsetCounter(onsets: readonly ArrayLike<number>[]): (stretch: CountedStretch) => number {
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
  return ({ from, until }) => (before[rank(until, true)] ?? 0) - (before[rank(from, false)] ?? 0)
}

/** The same stretch so many days later. */
export const later = ({ from, until }: CountedStretch, days: number): CountedStretch => ({
  from: from + days * DAY_MS,
  until: until + days * DAY_MS,
})

/** Onsets at the same clock time day by day, NaN where a day is not looked at, with their running sums. */
export interface DayCounts {
  readonly counts: Float64Array
  /** Sum, and number, of the days looked at before each place. */
  readonly sums: Float64Array
  readonly known: Float64Array
}

/** Puts running sums beside the counts of days. */
export function summed(counts: Float64Array): DayCounts {
  const sums = new Float64Array(counts.length + 1)
  const known = new Float64Array(counts.length + 1)
  for (let day = 0; day < counts.length; day++) {
    const count = counts[day]! // day < length
    const seen = !Number.isNaN(count)
    sums[day + 1] = sums[day]! + (seen ? count : 0) // one longer than the counts
    known[day + 1] = known[day]! + (seen ? 1 : 0)
  }
  return { counts, sums, known }
}

/** Between two places, the second not included. */
const between = (running: Float64Array, from: number, until: number): number =>
  (running[Math.min(running.length - 1, until)] ?? 0) - (running[Math.max(0, from)] ?? 0)

/**
 * Onsets in the stretch of one day, less what its week and its weekday let expect: with R the mean of the other days of
 * its own week, C that of the same weekday in the four weeks before and after, M that of the other days of those weeks,
 * R · C / M (the larger of R and C where M is 0), at most 1. What makes whole weeks busier (a trend, a step, a campaign, a
 * holiday) and what makes weekdays busier falls out of the difference, though both series share it. `at` is the place of
 * the day. 0 where the day or what surrounds it is missing.
 */
export function excessOn({ counts, sums, known }: DayCounts, at: number): number {
  const own = counts[at] ?? Number.NaN
  if (Number.isNaN(own)) return 0
  let [weekday, weekdays] = [0, 0]
  for (const week of AROUND) {
    const count = counts[at + 7 * week] ?? Number.NaN
    if (Number.isNaN(count)) continue
    weekday += count
    weekdays++
  }
  const ownWeek = [at - OWN_WEEK, at + OWN_WEEK + 1] as const
  const week = between(sums, ...ownWeek) - own
  const weekDays = between(known, ...ownWeek) - 1
  const others = between(sums, at - REACH, at + REACH + 1) - own - week - weekday
  const otherDays = between(known, at - REACH, at + REACH + 1) - 1 - weekDays - weekdays
  if (weekDays === 0 || weekdays === 0 || otherDays === 0) return 0
  const [r, c] = [week / weekDays, weekday / weekdays]
  // Without any onset on other days of other weeks there is no ratio: the busier of week and weekday is expected.
  const expected = others < ROUNDING ? Math.max(r, c) : (r * c * otherDays) / others
  return own - Math.min(1, expected)
}
