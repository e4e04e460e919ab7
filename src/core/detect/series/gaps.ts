import { MINUTE_MS } from '../../model/duration.ts'
import type { Gap } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'
import type { Bursts } from './bursts.ts'
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
