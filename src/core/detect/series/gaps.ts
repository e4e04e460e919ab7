import { DAY_MS, MINUTE_MS } from '../../model/duration.ts'
import type { Gap } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'
import { lowerBound } from '../chain/columns.ts'
import type { Bursts } from './bursts.ts'
import type { Bridged } from './spans.ts'
import { median } from '../statistics/quantile.ts'

/** A gap is longer than this many intervals. */
const INTERVALS = 4

/** Interval of a series, minutes: the schedule, or the median distance between its bursts where that is longer. */
export function intervalOf({ at, size }: Bursts, scheduleMinutes: number): number {
  const distances = Float64Array.from({ length: Math.max(0, size - 1) }, (_, k) => at[k + 1]! - at[k]!) // k + 1 < size
  return Math.max(scheduleMinutes, size < 2 ? 0 : median(distances) / MINUTE_MS)
}

/** Between which readings gaps are looked for. */
export interface GapOptions {
  /** Last reading before these bursts, where there was one. */
  readonly from: number | undefined
  readonly until: number
  readonly intervalMinutes: number
}

/**
 * Finds stretches of more than four intervals without an informative burst, the one up to `until` included. The longest
 * restriction that could hide in one is the whole of it: nothing was measured there, and no rate of other days says
 * otherwise (docs/methods/detecting.md).
 */
export function findGaps(bursts: Bursts, options: GapOptions): readonly Gap[] {
  const { from: begin, until, intervalMinutes } = options
  const least = INTERVALS * intervalMinutes * MINUTE_MS
  const gaps: Gap[] = []
  let from = begin ?? bursts.at[0]
  if (from === undefined) return []
  for (let burst = 0; burst <= bursts.size; burst++) {
    const next = burst < bursts.size ? bursts.at[burst]! : until // burst < size, here and below
    if (next - from > least)
      gaps.push({ from: instant(from), until: instant(next), couldHideMinutes: Math.floor((next - from) / MINUTE_MS) })
    if (burst < bursts.size) from = Math.max(from, bursts.last[burst]!)
  }
  return gaps
}

/** An incident never continues over more than so many usual distances without a measurement, but always over a day. */
const MOST_USUAL = 8

/**
 * Says which times without measurements an incident may continue over: up to a day, or eight times the usual distance
 * between measurements where that is more. Usual is the distance in which half of the other time is (a minute between two
 * tests of one session fills no time): a campaign of tests once a week is not cut, and its one pause of thirteen days
 * between tests of every day is. `asked` says whether an answer took the usual distance: then it needs all bursts of the
 * series, and later ones may change it.
 */
export function bridgedBy(
  { at, size, failed }: Pick<Bursts, 'at' | 'size' | 'failed'>,
  scheduleMinutes: number,
): { readonly bridged: Bridged; readonly asked: () => boolean } {
  const sorted = Float64Array.from({ length: Math.max(0, size - 1) }, (_, k) => at[k + 1]! - at[k]!).toSorted() // k + 1 < size
  const sums = new Float64Array(sorted.length + 1)
  for (let k = 0; k < sorted.length; k++) sums[k + 1] = sums[k]! + sorted[k]! // one more than distances
  const total = sums[sorted.length]!
  /** Distance in which the middle of all time but one distance is. */
  const usual = (without: number): number => {
    const half = (total - without) / 2
    const own = lowerBound(sorted, without)
    const found = lowerBound(sums, half)
    const place = found <= own ? found : lowerBound(sums, half + without)
    return sorted[Math.min(place, sorted.length) - 1] ?? 0
  }
  let asked = false
  const bridged: Bridged = {
    over: (from, until) => {
      const gap = until - from
      if (gap <= DAY_MS) return true
      asked = true
      return gap <= MOST_USUAL * Math.max(scheduleMinutes * MINUTE_MS, usual(gap))
    },
    failed: (burst) => failed[burst]! > 0, // one for each burst
  }
  return { bridged, asked: () => asked }
}

const MOST_GAPS = 12

/** Of the gaps that touch an interval the twelve longest, in the order of time. */
export const longestGaps = (
  gaps: readonly Gap[],
  about: { readonly from: number; readonly until: number },
): readonly Gap[] =>
  gaps
    .filter(({ from, until }) => until > about.from && from < about.until)
    .toSorted((a, b) => b.until - b.from - (a.until - a.from) || a.from - b.from)
    .slice(0, MOST_GAPS)
    .toSorted((a, b) => a.from - b.from)
