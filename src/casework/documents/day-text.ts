import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatClock, formatDate, formatDateTime, formatOffset, HOME_ZONE } from '../../core/text/time.ts'
import type { Day } from '../deadlines/calendar.ts'

/** A calendar day as people write it: `5 марта 2026 г.`. */
export const formatDay = (lang: Lang, day: Day): string => formatDate(lang, parseInstant(day), 'UTC')

/** Lower bound, median and upper bound of a start or an end, each absent where the series gives none. */
type Bounds = readonly [Instant | undefined, Instant | undefined, Instant | undefined]

/** Bounds from their text in UTC. */
export const parseBounds = (utc: readonly (string | null)[]): Bounds => {
  const [lo, median, hi] = utc.map((one) => (one === null ? undefined : parseInstant(one)))
  return [lo, median, hi]
}

/**
 * A start or end as a paper gives it: time of Almaty with its interval and offset, then UTC. Undefined where nothing of it
 * is known. An interval within one day names the day once.
 */
export function formatBounds(lang: Lang, [lo, median, hi]: Bounds): string | undefined {
  const main = median ?? lo ?? hi
  if (main === undefined) return undefined
  const bounds = lo === undefined || hi === undefined ? '' : ` (${formatRange(lang, lo, hi)})`
  const whole = instant(Math.floor(main / MINUTE_MS) * MINUTE_MS)
  return `${formatDateTime(lang, main)}${bounds}, ${formatOffset(main)}; UTC: ${formatDateTime(lang, whole, 'UTC')}`
}

function formatRange(lang: Lang, lo: Instant, hi: Instant): string {
  const sameDay = formatDate(lang, lo) === formatDate(lang, hi) && hi - lo < DAY_MS
  return sameDay
    ? `${formatClock(lo, HOME_ZONE)}\u2013${formatClock(hi, HOME_ZONE)}`
    : `${formatDateTime(lang, lo)} \u2013 ${formatDateTime(lang, hi)}`
}
