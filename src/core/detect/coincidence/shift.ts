import { DAY_MS, HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { CoincidencePlan, ShiftTest } from '../../model/incident/coincidence.ts'
import { excessOn, later, onsetCounter, REACH, summed, type CountedStretch } from './excess.ts'

/**
 * Two series on one wall clock, milliseconds: `onsets` as draws of each uncertain onset (equal weights), `events` as
 * starts. `from` is a local midnight and `days` the whole days of the study.
 */
export interface ShiftSeries {
  readonly statistic: CoincidencePlan['statistic']
  readonly onsets: readonly ArrayLike<number>[]
  readonly events: readonly number[]
  readonly from: number
  readonly days: number
  /** Onset minus start of the event, hours, both ends included. */
  readonly windowHours: readonly [number, number]
}

/** Stretches of time in which an onset counts as one with an event: disjoint, in order, as pairs of ends. */
interface Windows {
  readonly from: Float64Array
  readonly until: Float64Array
}

function unite(events: readonly number[], [low, high]: readonly [number, number]): Windows {
  const from: number[] = []
  const until: number[] = []
  for (const event of [...events].sort((a, b) => a - b)) {
    const last = until.length - 1
    // as many ends as beginnings
    if (last >= 0 && event + low * HOUR_MS <= until[last]!) until[last] = event + high * HOUR_MS
    else {
      from.push(event + low * HOUR_MS)
      until.push(event + high * HOUR_MS)
    }
  }
  return { from: Float64Array.from(from), until: Float64Array.from(until) }
}

/** Whether a time is in one of the stretches, ends included. */
function within({ from, until }: Windows, at: number): boolean {
  let low = 0
  let high = from.length
  while (low < high) {
    const middle = (low + high) >> 1
    // low ≤ middle < high ≤ length
    if (from[middle]! <= at) low = middle + 1
    else high = middle
  }
  // 0 < low ≤ length
  return low > 0 && at <= until[low - 1]!
}

/** The statistic: onsets that have an event in the window, each by the share of its draws that do. */
function countWith(onsets: readonly ArrayLike<number>[], place: (at: number) => boolean): number {
  let sum = 0
  for (const draws of onsets) {
    let hits = 0
    // index < length
    for (let index = 0; index < draws.length; index++) if (place(draws[index]!)) hits++
    sum += hits / Math.max(1, draws.length)
  }
  return sum
}

/** Shares are sums of equal parts in another order: a difference below this is rounding, and counts as reached. */
const ROUNDING = 1e-9

/** How many values of `statistics` reach the one at `observed`. */
export const reaching = (statistics: ArrayLike<number>, observed: number): number =>
  Array.from(statistics).filter((value) => value >= observed - ROUNDING).length

const modulo = (value: number, by: number): number => ((value % by) + by) % by

/** Statistic of every circular shift by whole weeks, 0 first; days beyond the last whole week are left out. */
export function weekStatistics(series: ShiftSeries): Float64Array {
  const weeks = Math.floor(series.days / 7)
  const length = weeks * WEEK_MS
  const inside = (at: number): boolean => at >= series.from && at < series.from + length
  const events = series.events.filter(inside)
  // The circle is laid open: an event near one end has its window at the other end too.
  const windows = unite(
    [-length, 0, length].flatMap((turn) => events.map((event) => event + turn)),
    series.windowHours,
  )
  const onsets = series.onsets.filter((draws) => inside(middleOf(draws)))
  if (series.statistic === 'excess-of-onsets') return weekExcesses(series, { onsets, events, weeks })
  return Float64Array.from({ length: weeks }, (_, shift) =>
    countWith(onsets, (at) => within(windows, series.from + modulo(at - series.from - shift * WEEK_MS, length))),
  )
}

/** Stretches around events, joined where they overlap: an onset near two events is one onset. */
function stretchesOf(events: readonly number[], windowHours: readonly [number, number]): readonly CountedStretch[] {
  const { from, until } = unite(events, windowHours)
  return Array.from(from, (start, index) => ({ from: start, until: until[index] ?? start }))
}

interface Circle {
  readonly onsets: readonly ArrayLike<number>[]
  readonly events: readonly number[]
  readonly weeks: number
}

/** Excess of every circular shift by whole weeks: onsets stand on its turns, days run around it. */
function weekExcesses({ windowHours }: ShiftSeries, { onsets, events, weeks }: Circle): Float64Array {
  const days = weeks * 7
  const turns = [-1, 0, 1, 2].map((turn) => turn * days * DAY_MS)
  const count = onsetCounter(turns.flatMap((turn) => onsets.map((draws) => Array.from(draws, (at) => at + turn))))
  const excesses = new Float64Array(weeks)
  for (const stretch of stretchesOf(events, windowHours)) {
    // The day of the event is the first of the circle; a day beyond its end comes round at its beginning.
    const circle = Float64Array.from({ length: days }, (_, day) => count(later(stretch, day)))
    const open = summed(
      Float64Array.from({ length: days + 2 * REACH }, (_, day) => circle[modulo(day - REACH, days)] ?? 0),
    )
    for (let week = 0; week < weeks; week++) excesses[week]! += excessOn(open, REACH + 7 * week) // as many as weeks
  }
  return excesses
}

/** Middle of the draws of one onset: decides alone, and for every shift alike, whether it belongs to a period. */
export const middleOf = (draws: ArrayLike<number>): number => {
  const sorted = Float64Array.from(draws).sort()
  return sorted[sorted.length >> 1] ?? Number.NaN
}

export interface LinearShifts {
  readonly step: 'day' | 'week'
  /** N: shifts go from −N to N steps. */
  readonly shifts: number
}

/** Onsets that keep every shifted window inside the period. */
function keptOnsets(series: ShiftSeries, linear: LinearShifts): readonly ArrayLike<number>[] {
  const margin = linear.shifts * stepOf(linear) + Math.max(...series.windowHours.map(Math.abs)) * HOUR_MS
  const until = series.from + series.days * DAY_MS - margin
  return series.onsets.filter((draws) => {
    const at = middleOf(draws)
    return at >= series.from + margin && at < until
  })
}

const stepOf = ({ step }: LinearShifts): number => (step === 'week' ? WEEK_MS : DAY_MS)

/** Statistic of every linear shift from −N to N; the middle one is the observed. */
export function linearStatistics(series: ShiftSeries, linear: LinearShifts): Float64Array {
  const onsets = keptOnsets(series, linear)
  const shifts = Float64Array.from(
    { length: 2 * linear.shifts + 1 },
    (_, index) => (index - linear.shifts) * stepOf(linear),
  )
  if (series.statistic === 'onsets-with-event') {
    const windows = unite(series.events, series.windowHours)
    return shifts.map((shift) => countWith(onsets, (at) => within(windows, at - shift)))
  }
  return linearExcesses(series, onsets, linear)
}

/** Excess of every linear shift; what lies beyond the trimmed ends is not looked at, for every shift alike. */
function linearExcesses(series: ShiftSeries, onsets: readonly ArrayLike<number>[], linear: LinearShifts): Float64Array {
  const step = linear.step === 'week' ? 7 : 1
  const most = linear.shifts * step
  const [from, until] = [series.from + most * DAY_MS, series.from + (series.days - most) * DAY_MS]
  const count = onsetCounter(onsets)
  const lead = series.windowHours[0] * HOUR_MS
  const excesses = new Float64Array(2 * linear.shifts + 1)
  for (const stretch of stretchesOf(series.events, series.windowHours)) {
    const days = Float64Array.from({ length: 2 * (most + REACH) + 1 }, (_, index) => {
      const moved = later(stretch, index - most - REACH)
      const start = moved.from - lead // where the first event of the stretch begins
      return start >= from && start < until ? count(moved) : Number.NaN
    })
    const counts = summed(days)
    for (let index = 0; index < excesses.length; index++) excesses[index]! += excessOn(counts, REACH + index * step) // in range
  }
  return excesses
}

/** The statistics of a series, less those of its placebo under the very same shifts. */
function lessPlacebo(
  of: (series: ShiftSeries) => Float64Array,
  series: ShiftSeries,
  placebo: ShiftSeries | undefined,
): Float64Array {
  const own = of(series)
  if (placebo === undefined) return own
  const others = of(placebo)
  return own.map((value, index) => value - (others[index] ?? 0))
}

/**
 * Headline test: p is the share of circular shifts by whole weeks, the shift by nothing included, that have as many
 * onsets with an event (or as large an excess of them) as the series itself. Floor 1/W. Keeps hour and weekday of both
 * series. With a placebo, the statistic is the difference from that of the placebo under the same shift.
 */
export function weekTest(series: ShiftSeries, placebo?: ShiftSeries): ShiftTest {
  const statistics = lessPlacebo(weekStatistics, series, placebo)
  const observed = statistics[0] ?? 0
  const reached = reaching(statistics, observed)
  const shifts = statistics.length
  const length = shifts * WEEK_MS
  return {
    p: shifts === 0 ? 1 : reached / shifts,
    floor: shifts === 0 ? 1 : 1 / shifts,
    observed,
    reached,
    shifts,
    onsets: series.onsets.filter((draws) => middleOf(draws) >= series.from && middleOf(draws) < series.from + length)
      .length,
  }
}

/**
 * Court test: linear shifts of whole days (or weeks) by −N … N with N steps left out at both ends, p ≤ m/(N + 1).
 * The bound holds if one of the two series is stationary under the shift. With a placebo, the statistic is the
 * difference from that of the placebo under the same shift. Source: Harris, arXiv:2012.06862 (2020).
 */
export function linearTest(series: ShiftSeries, linear: LinearShifts, placebo?: ShiftSeries): ShiftTest {
  const statistics = lessPlacebo((one) => linearStatistics(one, linear), series, placebo)
  const observed = statistics[linear.shifts] ?? 0
  const reached = reaching(statistics, observed)
  return {
    p: Math.min(1, reached / (linear.shifts + 1)),
    floor: 1 / (linear.shifts + 1),
    observed,
    reached,
    shifts: statistics.length,
    onsets: keptOnsets(series, linear).length,
  }
}

/**
 * N for a study of so many days at level 5 %: the largest of 19, 39, 59, 79, 99 that leaves three quarters of the
 * days in the test. 19 is the least with which 5 % can be reached at all, and every day left out costs power
 * (bench/detect/coincidence.ts prints 19 beside 39).
 */
export const chooseShifts = (days: number): number => [99, 79, 59, 39].find((shifts) => 2 * shifts <= days / 4) ?? 19
