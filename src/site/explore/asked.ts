import { z } from 'zod'
import { DAY_MS } from '../../core/model/duration.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseAsn, type Instant } from '../../core/model/units.ts'
import { EXPLORE_STEPS, type Period } from '../../store/warehouse/contract.ts'
import { EXPLORE_CHARTS, EXPLORE_VALUES, type ExploreAsked } from './choice.ts'
import { lastDays, periodOf, SINCE_EXPECTED, UNTIL_EXPECTED, type ChosenPeriod } from '../query.ts'
import type { Days } from '../urls.ts'

/** Lines of a chart at most: more than so many cannot be read. */
export const MOST_SERVICES = 4
export const MOST_NETWORKS = 6
const MOST_LINES = 8
/** Days that are shown by hours at most: more columns cannot be read. */
const MOST_HOURLY_DAYS = 31

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
  since: SINCE_EXPECTED,
  until: UNTIL_EXPECTED,
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

/** The days of a choice. Throws InputError that names the part of the address. */
function periodIn(days: Days, path: 'until' | 'until2'): ChosenPeriod {
  try {
    return periodOf(days)
  } catch (error) {
    if (error instanceof InputError) return refuse(path)
    throw error
  }
}

/**
 * Reads the query of the page, every part of which may be left out; `service` and `network` may be given more than
 * once. Hours of many days become days, because so many columns could not be read one by one. Throws InputError.
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
  const usual = { ...lastDays(last, 30).days, by: 'day', value: 'failed', chart: 'line' }
  const filled = { ...usual, ...Object.fromEntries(once), service: services, network }
  const parsed = askedSchema.safeParse(filled)
  if (!parsed.success) return refuse(String(parsed.error.issues[0]?.path[0] ?? 'query'))
  const { since, until, since2 = '', until2 = '', by, ...asked } = parsed.data
  const days = { since, until }
  const period = periodIn(days, 'until')
  if ((since2 === '') !== (until2 === '')) refuse('until2')
  const other = since2 === '' ? undefined : { since: since2, until: until2 }
  const span = Math.max(period.until - period.since, other === undefined ? 0 : entrySpan(periodIn(other, 'until2')))
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

const entrySpan = ({ since, until }: Period): number => until - since
