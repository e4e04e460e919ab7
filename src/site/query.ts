import { z } from 'zod'
import { DAY_MS } from '../core/model/duration.ts'
import { InputError } from '../core/model/errors.ts'
import { instant, parseAsn, parseInstant, type Asn, type Instant } from '../core/model/units.ts'
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

/** What each part of a query should have been, for the answer 400. */
const EXPECTED: Readonly<Record<string, string>> = {
  since: 'a day, YYYY-MM-DD',
  until: 'a day, YYYY-MM-DD, not before since, at most three years after it',
  service: 'a service such as youtube, web:example.org or test:ndt',
  network: 'a network such as AS9198',
}

export interface ChosenPeriod {
  readonly days: Days
  /** First instant of `since` and first instant after `until`, in UTC. */
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

function choose(days: Days): ChosenPeriod {
  const since = parseInstant(days.since)
  const until = instant(parseInstant(days.until) + DAY_MS)
  if (until <= since || until - since > MOST_DAYS * DAY_MS) refuse('until')
  return { days: { since: days.since, until: days.until }, since, until }
}

const dayOf = (at: Instant): string => new Date(at).toISOString().slice(0, 10)

/** The last `count` days up to the day of an instant, in UTC. */
export const lastDays = (at: Instant, count: number): ChosenPeriod =>
  choose({ since: dayOf(instant(at - (count - 1) * DAY_MS)), until: dayOf(at) })

/**
 * Reads `since` and `until`; both may be left out together, then the fallback is used.
 * Throws InputError for anything else.
 */
export function parseDays(values: Readonly<Record<string, string>>, fallback: () => ChosenPeriod): ChosenPeriod {
  return Object.keys(values).length === 0 ? fallback() : choose(parseWith(daysSchema, values))
}

/** Reads the query of a series. Throws InputError. */
export function parseSeries(
  values: Readonly<Record<string, string>>,
): ChosenPeriod & { readonly service: string; readonly asn: Asn } {
  const { service, network, ...days } = parseWith(seriesSchema, values)
  return { ...choose(days), service, asn: parseAsn(network) }
}
