import { MINUTE_MS } from '../../model/duration.ts'
import { InputError } from '../../model/errors.ts'
import { instant, parseInstant, type Instant } from '../../model/units.ts'

/** Years in which a service on a network can have been measured; a clock that was never set shows 1970. */
const FIRST_YEAR = 1995
const LAST_YEAR = 2100

/** Least number of milliseconds since 1970 that is in that time; smaller numbers are seconds. */
const LEAST_MS = Date.UTC(FIRST_YEAR, 0)

/** A time in UTC, or with its offset as RFC 3339 has it. Throws InputError for others, and for years outside 1995–2100. */
export function parseTime(text: string, column: string): Instant {
  const offset = /^(.+[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?([+-])(\d\d):?(\d\d)$/.exec(text)
  let at: Instant
  try {
    const [, local = text, sign, hours, minutes] = offset ?? []
    const shift = offset === null ? 0 : (Number(hours) * 60 + Number(minutes)) * MINUTE_MS
    at = instant(parseInstant(local) - (sign === '-' ? -shift : shift))
  } catch (error) {
    if (error instanceof InputError) throw wrongTime(column, text, 'YYYY-MM-DDTHH:MM:SSZ')
    throw error
  }
  return withinYears(at, column, text)
}

/** The same, or seconds or milliseconds since 1970. */
export function parseTimeOrEpoch(value: unknown, column: string): Instant {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  if (!/^\d{9,13}(\.\d+)?$/.test(text)) return parseTime(text, column)
  const number = Number(text)
  return withinYears(instant(Math.round(number >= LEAST_MS ? number : number * 1000)), column, text)
}

function withinYears(at: Instant, column: string, text: string): Instant {
  const year = new Date(at).getUTCFullYear()
  if (year >= FIRST_YEAR && year <= LAST_YEAR) return at
  throw wrongTime(column, text, `a year from ${FIRST_YEAR} to ${LAST_YEAR}`)
}

const wrongTime = (column: string, text: string, expected: string): InputError =>
  new InputError(`${column} is ${JSON.stringify(text.slice(0, 60))}`, { code: 'series.cell', path: column, expected })
