import { DAY_MS, MINUTE_MS } from '../model/duration.ts'
import { instant, parseInstant, type Instant } from '../model/units.ts'
import { HOME_ZONE, offsetMinutes, zonedParts } from './time.ts'

// Days of Kazakhstan: what a page, a form, an axis and an address mean by a day. A day of UTC begins at five in the
// morning there, so that an evening would be cut off from its night.

const two = (value: number): string => String(value).padStart(2, '0')

/** Day of an instant by the calendar of Kazakhstan, `2026-03-05`. */
export function homeDay(at: Instant): string {
  const { year, month, day } = zonedParts(at, HOME_ZONE)
  return `${year}-${two(month)}-${two(day)}`
}

/** Midnight in Kazakhstan by which a day begins, `2026-03-05`. Throws InputError for what is not a day. */
export function homeMidnight(day: string): Instant {
  const wall = parseInstant(day)
  const near = instant(wall - offsetMinutes(wall, HOME_ZONE) * MINUTE_MS)
  // Clocks may have changed between the two midnights.
  return instant(wall - offsetMinutes(near, HOME_ZONE) * MINUTE_MS)
}

/** The day so many days after another one; before it for a negative number. */
export const dayAfter = (day: string, count = 1): string =>
  new Date(parseInstant(day) + count * DAY_MS).toISOString().slice(0, 10)

/** First instant of a day of Kazakhstan, and of the day after it. */
export const homeDayBounds = (day: string): { readonly from: Instant; readonly until: Instant } => ({
  from: homeMidnight(day),
  until: homeMidnight(dayAfter(day)),
})

/** Number of days from one to another, both included; below 1 if they are in the wrong order. */
export const daysBetween = (first: string, last: string): number =>
  Math.round((parseInstant(last) - parseInstant(first)) / DAY_MS) + 1

/** Midnight that began the day of an instant. */
export const midnightBefore = (at: Instant): Instant => homeMidnight(homeDay(at))
