import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { FEWEST_USUAL_DAYS, type UsualHours } from '../../model/people/report-cell.ts'

/** Days before the 24 hours that are compared: eight weeks. */
export const USUAL_DAYS = 56
/** Edges of the band: between them are eight of ten earlier days. */
const LOW = 0.1
const HIGH = 0.9
const HOURS = 24

interface EarlierHours {
  /** End of the last of the 24 hours. */
  readonly until: number
  /** From when on reports were taken. */
  readonly since: number
}

/**
 * What is usual in each of 24 hours: edges of the middle of the same hours of up to 56 earlier days, by nearest rank.
 * `shown`: sums of published cells by the start of their hour; without one an hour counts as 0, which stands for fewer than
 * five (docs/methods/reports.md, "The last 24 hours"). So the band says nothing that the cells do not say.
 */
export function usualHours(shown: ReadonlyMap<number, number>, { until, since }: EarlierHours): UsualHours {
  const first = until - HOURS * HOUR_MS
  const days = Math.max(0, Math.min(USUAL_DAYS, Math.floor((first - since) / DAY_MS)))
  if (days < FEWEST_USUAL_DAYS) return { days, hours: [] }
  return {
    days,
    hours: Array.from({ length: HOURS }, (_, hour) => {
      const at = first + hour * HOUR_MS
      const earlier = Array.from({ length: days }, (_, day) => shown.get(at - (day + 1) * DAY_MS) ?? 0)
      const sorted = earlier.toSorted((a, b) => a - b)
      const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * days) - 1)] ?? 0
      return { low: rank(LOW), high: rank(HIGH) }
    }),
  }
}
