import { DAY_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseInstant, type Instant } from '../../core/model/units.ts'
import { HOME_ZONE, offsetMinutes, zonedParts } from '../../core/text/time.ts'

declare const brand: unique symbol
/** A calendar day of Asia/Almaty, `2026-03-05`. */
export type Day = string & { readonly [brand]: 'Day' }

const two = (value: number): string => String(value).padStart(2, '0')
const made = (year: number, month: number, day: number): Day => `${year}-${two(month)}-${two(day)}` as Day

/** Years in which days of a case may lie; what is outside is a slip of the pen. */
const FIRST_YEAR = 1990
const LAST_YEAR = 2100

/**
 * Gives a day from `YYYY-MM-DD`; throws InputError for another form, a day that does not exist, and years before `first`
 * or after 2100.
 */
export function parseDay(value: unknown, path = '', first = FIRST_YEAR): Day {
  const found = typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined
  const year = Number(found?.slice(0, 4))
  if (found !== undefined && year >= first && year <= LAST_YEAR && exists(found)) return found as Day
  const of = path === '' ? '' : ` of ${path}`
  throw new InputError(`Cannot read day${of}: found ${JSON.stringify(value)?.slice(0, 60) ?? 'nothing'}`, {
    code: 'day.invalid',
    path,
    expected: `a day as YYYY-MM-DD between ${first} and ${LAST_YEAR}`,
  })
}

function exists(text: string): boolean {
  try {
    parseInstant(text)
    return true
  } catch (error) {
    if (error instanceof InputError) return false
    throw error
  }
}

/** The day on which an instant falls in Asia/Almaty, by the offsets of the IANA data. */
export function dayOf(at: Instant): Day {
  const { year, month, day } = zonedParts(at, HOME_ZONE)
  return made(year, month, day)
}

const number = (day: Day): number => Date.parse(`${day}T00:00:00Z`)
const fromNumber = (ms: number): Day => {
  const date = new Date(ms)
  return made(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())
}

/** The day a number of days later, or earlier for a negative one. */
export const addDays = (day: Day, count: number): Day => fromNumber(number(day) + count * DAY_MS)

/**
 * The day of the same number a number of months later; where that month has no such day, its last one: three months
 * from 30 November end on 28 or 29 February.
 */
export function addMonths(day: Day, count: number): Day {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const months = year * 12 + (month - 1) + count
  const toYear = Math.floor(months / 12)
  const toMonth = (months % 12) + 1
  const last = new Date(Date.UTC(toYear, toMonth, 0)).getUTCDate()
  return made(toYear, toMonth, Math.min(date, last))
}

/** 1 Monday to 7 Sunday. */
export const weekday = (day: Day): number => new Date(number(day)).getUTCDay() || 7

/** The first instant after a day in Asia/Almaty: the term that ends on the day ends there. */
export function endOfDay(day: Day): Instant {
  const midnight = number(addDays(day, 1))
  const guess = midnight - offsetMinutes(instant(midnight), HOME_ZONE) * MINUTE_MS
  // The offset asked for was that of a few hours later; where the clock changed between, the one of the guess is right.
  const end = midnight - offsetMinutes(instant(guess - 1), HOME_ZONE) * MINUTE_MS
  return instant(end)
}
