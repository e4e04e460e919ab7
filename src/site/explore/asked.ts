import { z } from 'zod'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatAsn, instant, parseAsn, type Asn, type Instant } from '../../core/model/units.ts'
import { HOME_ZONE, zonedParts } from '../../core/text/time.ts'
import { EXPLORE_STEPS, type ExploreStep, type Period } from '../../store/warehouse/contract.ts'
import { midnightBefore } from '../now/board.ts'
import type { Days } from '../urls.ts'

/** What is counted: the share that failed, how it failed, on which layer, and how long it took against the control. */
export const EXPLORE_VALUES = ['failed', 'mechanism', 'layer', 'speed'] as const
export type ExploreValue = (typeof EXPLORE_VALUES)[number]

export const EXPLORE_CHARTS = ['line', 'strip', 'heat', 'table'] as const
export type ExploreChart = (typeof EXPLORE_CHARTS)[number]

/** Everything that a reader chose; the address of the page says all of it. */
export interface ExploreAsked {
  readonly services: readonly string[]
  /** None: all networks together. */
  readonly networks: readonly Asn[]
  readonly days: Days
  /** Other days that stand next to them. */
  readonly with?: Days
  readonly by: ExploreStep
  readonly value: ExploreValue
  readonly chart: ExploreChart
}

/** Lines of a chart at most: more than so many are not told apart. */
export const MOST_SERVICES = 4
export const MOST_NETWORKS = 6
const MOST_LINES = 8
/** Days that are shown by hours at most: more columns are not told apart. */
const MOST_HOURLY_DAYS = 31
const MOST_DAYS = 1100

const day = z.iso.date()
const askedSchema = z.strictObject({
  service: z.array(z.string().regex(/^(?:[a-z][a-z0-9-]{0,62}|(?:web|test):[\x21-\x7e]{1,260})$/)).max(MOST_SERVICES),
  network: z.array(z.string().regex(/^AS\d{1,10}$/i)).max(MOST_NETWORKS),
  since: day,
  until: day,
  // An empty field of a form is sent too.
  since2: z.union([day, z.literal('')]).optional(),
  until2: z.union([day, z.literal('')]).optional(),
  by: z.enum(EXPLORE_STEPS),
  value: z.enum(EXPLORE_VALUES),
  chart: z.enum(EXPLORE_CHARTS),
})

const EXPECTED: Readonly<Record<string, string>> = {
  service: `at most ${MOST_SERVICES} services such as youtube`,
  network: `at most ${MOST_NETWORKS} networks such as AS9198, and at most ${MOST_LINES} pairs with the services`,
  since: 'a day, YYYY-MM-DD',
  until: 'a day, YYYY-MM-DD, not before since, at most three years after it',
  since2: 'a day, YYYY-MM-DD, or nothing',
  until2: 'a day, YYYY-MM-DD, not before since2, or nothing',
  by: EXPLORE_STEPS.join(', '),
  value: EXPLORE_VALUES.join(', '),
  chart: EXPLORE_CHARTS.join(', '),
}

/** What a part of the query is expected to be. */
export const exploreExpected = (part: string): string => EXPECTED[part] ?? ''

function refuse(path: string): never {
  const known = Object.hasOwn(EXPECTED, path)
  throw new InputError(`Cannot read query, ${known ? path : 'unknown part'}: not as expected`, {
    code: known ? 'query.invalid' : 'query.unknown',
    path: known ? path : 'query',
    expected: EXPECTED[path] ?? `only ${Object.keys(EXPECTED).join(', ')}`,
  })
}

/** What is shown where the address leaves it out. */
export interface ExploreDefaults {
  readonly service: string
  /** The present: the last day is its day. */
  readonly last: Instant
}

/** Day of an instant in Astana, as a field of a form holds it. */
export const homeDay = (at: Instant): string => {
  const { year, month, day: ofMonth } = zonedParts(at, HOME_ZONE)
  return `${String(year)}-${String(month).padStart(2, '0')}-${String(ofMonth).padStart(2, '0')}`
}

/** The last `count` days of Astana up to the day of an instant. */
export const homeDays = (last: Instant, count: number): Days => ({
  since: homeDay(instant(last - (count - 1) * DAY_MS)),
  until: homeDay(last),
})

/** First midnight of the days in Astana, and the midnight that ends them. Throws InputError. */
export function homePeriod(days: Days, path: 'until' | 'until2' = 'until'): Period {
  const at = (text: string): Instant => midnightBefore(instant(Date.parse(`${text}T12:00:00Z`)))
  const since = at(days.since)
  const until = midnightBefore(instant(at(days.until) + 1.5 * DAY_MS))
  if (until <= since || until - since > (MOST_DAYS + 1) * DAY_MS) refuse(path)
  return { since, until }
}

/**
 * Reads the query of the page, every part of which may be left out; `service` and `network` may be given more than
 * once. Hours of many days become days, because so many columns could not be told apart. Throws InputError.
 */
export function parseExplored(
  query: Readonly<Record<string, readonly string[]>>,
  { service, last }: ExploreDefaults,
): ExploreAsked {
  const { service: services = [], network = [], ...rest } = query
  const once = Object.entries(rest).map(([name, values]) => {
    if (values.length > 1) refuse(name)
    return [name, values[0] ?? ''] as const
  })
  const usual = { ...homeDays(last, 30), by: 'day', value: 'failed', chart: 'line' }
  const filled = { ...usual, ...Object.fromEntries(once), service: services, network }
  const parsed = askedSchema.safeParse(filled)
  if (!parsed.success) return refuse(String(parsed.error.issues[0]?.path[0] ?? 'query'))
  const { since, until, since2 = '', until2 = '', by, ...asked } = parsed.data
  const days = { since, until }
  const period = homePeriod(days)
  if ((since2 === '') !== (until2 === '')) refuse('until2')
  const other = since2 === '' ? undefined : { since: since2, until: until2 }
  const span = Math.max(period.until - period.since, other === undefined ? 0 : spanOf(homePeriod(other, 'until2')))
  const chosen = {
    services: asked.service.length === 0 ? [service] : [...new Set(asked.service)],
    networks: [...new Set(asked.network.map(parseAsn))],
  }
  if (chosen.services.length * Math.max(1, chosen.networks.length) > MOST_LINES) refuse('network')
  return {
    ...chosen,
    days,
    ...(other === undefined ? {} : { with: other }),
    by: by === 'hour' && span > MOST_HOURLY_DAYS * DAY_MS ? 'day' : by,
    value: asked.value,
    chart: asked.chart,
  }
}

const spanOf = ({ since, until }: Period): number => until - since

/** The choice as the query of an address; what is usual is left out. */
export function exploreQuery(asked: ExploreAsked): URLSearchParams {
  const query = new URLSearchParams()
  for (const service of asked.services) query.append('service', service)
  for (const network of asked.networks) query.append('network', formatAsn(network))
  query.append('since', asked.days.since)
  query.append('until', asked.days.until)
  if (asked.with !== undefined) {
    query.append('since2', asked.with.since)
    query.append('until2', asked.with.until)
  }
  query.append('by', asked.by)
  query.append('value', asked.value)
  query.append('chart', asked.chart)
  return query
}
