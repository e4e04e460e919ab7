import { z } from 'zod'
import { InputError } from '../core/model/errors.ts'
import { parseAsn, type Asn, type Instant } from '../core/model/units.ts'
import { dayAfter, daysBetween, homeDay, homeDayBounds } from '../core/text/home-day.ts'
import type { Days } from './urls.ts'

/** Longest period of one question: three years, so that a page stays a page. */
const MOST_DAYS = 1100

const daysSchema = z.strictObject({ since: z.iso.date(), until: z.iso.date() })
const seriesSchema = z.strictObject({
  ...daysSchema.shape,
  // A listed service, or a host, or a test that is about no service: any value that a warehouse row may hold.
  service: z.string().regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/),
  network: z.string().regex(/^AS\d{1,10}$/i),
})

/** Days are those of Kazakhstan in every address, of pages and of the interface alike. */
export const SINCE_EXPECTED = 'a day by Astana time, YYYY-MM-DD'
export const UNTIL_EXPECTED = `${SINCE_EXPECTED}, not before since, at most three years after it`

/** What each part of a query should have been, for the answer 400. */
const EXPECTED: Readonly<Record<string, string>> = {
  since: SINCE_EXPECTED,
  until: UNTIL_EXPECTED,
  service: 'a service such as youtube, web:example.org or test:ndt',
  network: 'a network such as AS9198',
}

export interface ChosenPeriod {
  readonly days: Days
  /** First instant of `since` and first instant after `until`, by the clock of Kazakhstan. */
  readonly since: Instant
  readonly until: Instant
}

function refuse(path: string): never {
  const known = Object.hasOwn(EXPECTED, path)
  throw new InputError(`Cannot read query, ${known ? path : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? path : 'query',
    expected: EXPECTED[path] ?? 'only since, until, service and network',
  })
}

function parseWith<T>(schema: z.ZodType<T>, values: Readonly<Record<string, string>>): T {
  const parsed = schema.safeParse(values)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  return refuse(String(issue?.path[0] ?? 'query'))
}

/** The time that days span, both inclusive. Throws InputError for days in the wrong order, and for too many. */
export function periodOf({ since, until }: Days): ChosenPeriod {
  const count = daysBetween(since, until)
  if (count < 1 || count > MOST_DAYS) refuse('until')
  return { days: { since, until }, since: homeDayBounds(since).from, until: homeDayBounds(until).until }
}

/** The last `count` days up to the day of an instant. */
export function lastDays(at: Instant, count: number): ChosenPeriod {
  const until = homeDay(at)
  return periodOf({ since: dayAfter(until, 1 - count), until })
}

/**
 * Reads `since` and `until`; both may be left out together, then the fallback is used.
 * Throws InputError for anything else.
 */
export function parseDays(values: Readonly<Record<string, string>>, fallback: () => ChosenPeriod): ChosenPeriod {
  return Object.keys(values).length === 0 ? fallback() : periodOf(parseWith(daysSchema, values))
}

/** Reads the query of a series. Throws InputError. */
export function parseSeries(
  values: Readonly<Record<string, string>>,
): ChosenPeriod & { readonly service: string; readonly asn: Asn } {
  const { service, network, ...days } = parseWith(seriesSchema, values)
  return { ...periodOf(days), service, asn: parseAsn(network) }
}
