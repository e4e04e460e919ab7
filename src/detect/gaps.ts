import type { Gap } from '../model/incident.ts'
import { instant } from '../model/units.ts'
import type { Bursts } from './bursts.ts'
import { localHours } from './local-hours.ts'
import type { DetectSettings } from './settings.ts'
import { median } from './statistics/quantile.ts'

const HOUR = 3_600_000
const MINUTE = 60_000
/** A gap is longer than this many intervals. */
const INTERVALS = 4
const LEAST_CHANCE = 0.05
const SLICES = 48

/** Interval of a series, minutes: the schedule, or the median distance between its bursts where that is longer. */
export function intervalOf({ at, size }: Bursts, scheduleMinutes: number): number {
  const distances = Float64Array.from({ length: Math.max(0, size - 1) }, (_, k) => at[k + 1]! - at[k]!) // k + 1 < size
  return Math.max(scheduleMinutes, size < 2 ? 0 : median(distances) / MINUTE)
}

/** Between which readings gaps are looked for. */
export interface GapOptions {
  /** Last reading before these bursts, where there was one. */
  readonly from: number | undefined
  readonly until: number
  readonly intervalMinutes: number
}

/**
 * Finds stretches of more than four intervals without an informative burst, the one up to `until` included, each with
 * the longest restriction that could hide in it (docs/methods/detecting.md, section 9).
 */
export function findGaps(bursts: Bursts, settings: DetectSettings, options: GapOptions): readonly Gap[] {
  const { from: begin, until, intervalMinutes } = options
  const least = INTERVALS * intervalMinutes * MINUTE
  const gaps: Gap[] = []
  let from = begin ?? bursts.at[0]
  if (from === undefined) return []
  for (let burst = 0; burst <= bursts.size; burst++) {
    const next = burst < bursts.size ? bursts.at[burst]! : until // burst < size, here and below
    if (next - from > least)
      gaps.push({ from: instant(from), until: instant(next), couldHideMinutes: couldHide(settings, from, next) })
    if (burst < bursts.size) from = Math.max(from, bursts.last[burst]!)
  }
  return gaps
}

/**
 * Longest d, whole minutes, such that a restriction of length d or more lies wholly inside the gap with probability of
 * at least 5 %, both ends open. The probability is bounded by the expected number of such restrictions,
 * Σ over kinds ∫ λ(s) e^(−μd) (1 − e^(−μ(L − d − s))) ds, rates by local hour.
 */
export function couldHide(settings: DetectSettings, from: number, until: number): number {
  if (expected(settings, [from, until], 0) < LEAST_CHANCE) return 0
  let low = 0
  let high = until - from
  while (high - low > MINUTE) {
    const middle = (low + high) / 2
    if (expected(settings, [from, until], middle) >= LEAST_CHANCE) low = middle
    else high = middle
  }
  return Math.floor(low / MINUTE)
}

function expected(settings: DetectSettings, [from, until]: readonly [number, number], length: number): number {
  const { rates, onsetHours, zone } = settings
  const local = localHours(zone)
  const room = until - from - length
  if (room <= 0) return 0
  const step = room / SLICES
  const d = length / HOUR
  let sum = 0
  for (let k = 0; k < SLICES; k++) {
    const at = (k + 0.5) * step
    const left = (room - at) / HOUR
    const ends = (end: number): number => Math.exp(-end * d) * -Math.expm1(-end * left)
    const weight = onsetHours[local.hourAt(from + at)] ?? 1
    sum += rates.shortOnset * weight * ends(rates.shortEnd) + rates.longOnset * ends(rates.longEnd)
  }
  return (sum * step) / HOUR
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
