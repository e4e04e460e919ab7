import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { SLOT_MS } from '../../model/people/report.ts'
import type { LocalHours } from '../shown/local-hours.ts'

const SLOTS = HOUR_MS / SLOT_MS
/** Half a year: older habits say little of today's. */
const MOST_WEEKS = 26
/** With fewer weeks nothing is known of a weekday, nor of what is usual: only what was reported until now. */
export const FEWEST_WEEKS = 4
/** With fewer days nothing is known of how they differ: the fullest of them counts. */
const FEWEST_DAYS = 4
/** Dispersion below which nothing goes that is learnt from days of all kinds. */
const LEAST_SO_FAR = 1.5
/** Share of the highest weeks that is left out: the history contains earlier problems too. */
const TRIMMED = 0.1
/** Of a normal variable cut at its upper tenth: how much lower its mean is in standard deviations, and what is left of its variance. */
const LOWER = 0.195
const VARIANCE_LEFT = 0.712
/** The weekday's own mean counts as so many weeks, the mean of the hour on all days as so many more. */
const SHRINK_WEEKS = 4
/** Nothing was ever reported in that hour: still someone might. */
export const LEAST_MEAN = 0.5

/** Reports of one service and place, for every 15 minutes since reports are accepted. */
export interface ReportHistory {
  /** Start of the first slot in which any could have been counted. */
  readonly since: number
  /** How many were counted in a slot, 0 included. */
  at(slot: number): number
}

/** What is usual in a slot: mean, and variance as a multiple of it. */
export interface SlotBaseline {
  readonly mean: number
  readonly dispersion: number
  /** Whole weeks of history; below FEWEST_WEEKS days of the week are not told apart. */
  readonly weeks: number
}

/**
 * What is usual at a slot's hour and weekday, from the same hours of the weeks before it, and with less than four weeks
 * from those of all days before it; undefined on the first day (docs/methods/reports.md, "What is usual"). `hours`: local
 * time of the country.
 */
export function baselineAt(slot: number, history: ReportHistory, hours: LocalHours): SlotBaseline | undefined {
  const hour = slot - (slot % HOUR_MS)
  const days: { readonly weekday: number; readonly sum: number }[] = []
  for (let day = 1; day <= MOST_WEEKS * 7; day++) {
    const start = sameHour(hour - day * DAY_MS, hour, hours)
    if (start < history.since) break
    let sum = 0
    for (let at = start; at < start + HOUR_MS; at += SLOT_MS) sum += history.at(at)
    days.push({ weekday: day % 7, sum })
  }
  const weeks = Math.floor(days.length / 7)
  if (days.length === 0) return undefined
  if (weeks < FEWEST_WEEKS) return soFar(days.map(({ sum }) => sum))
  const byWeekday = [...Map.groupBy(days, ({ weekday }) => weekday).values()].map((list) =>
    robust(list.map(({ sum }) => sum)),
  )
  const own = robust(days.filter(({ weekday }) => weekday === 0).map(({ sum }) => sum))
  const all = meanOf(byWeekday.map(({ mean }) => mean))
  const perHour = (own.mean * weeks + all * SHRINK_WEEKS) / (weeks + SHRINK_WEEKS)
  // Spread about the mean of each weekday, of all of them together: one weekday alone shows little of it.
  const spread = meanOf(byWeekday.map(({ variance }) => variance)) / Math.max(all, LEAST_MEAN)
  return { mean: Math.max(LEAST_MEAN, perHour / SLOTS), dispersion: Math.max(1, spread), weeks }
}

/** Of days that are not told apart: weekends are among them, so that more differs by more than chance. */
function soFar(sums: readonly number[]): SlotBaseline {
  const { mean, variance } = sums.length < FEWEST_DAYS ? { mean: Math.max(...sums), variance: 0 } : robust(sums)
  const weeks = Math.floor(sums.length / 7)
  if (mean / SLOTS <= LEAST_MEAN) return { mean: LEAST_MEAN, dispersion: 1, weeks }
  return { mean: mean / SLOTS, dispersion: Math.max(LEAST_SO_FAR, variance / mean), weeks }
}

/** The hour of an earlier day that has the same local time: clocks of the country were changed in 2024. */
function sameHour(candidate: number, hour: number, hours: LocalHours): number {
  const apart = ((hours.hourAt(hour) - hours.hourAt(candidate) + 36) % 24) - 12
  return candidate + apart * HOUR_MS
}

/** Mean and variance without the highest tenth, put right for what a normal variable loses by that. */
function robust(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const kept = values.toSorted((a, b) => a - b).slice(0, values.length - Math.ceil(values.length * TRIMMED))
  const mean = meanOf(kept)
  const spread = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, kept.length - 1)
  const variance = Math.max(mean, spread / VARIANCE_LEFT)
  return { mean: mean + LOWER * Math.sqrt(variance), variance }
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
