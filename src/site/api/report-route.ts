import { z } from 'zod'
import { DAY_MS } from '../../core/model/duration.ts'
import { serviceName } from '../../core/text/names.ts'
import { InputError } from '../../core/model/errors.ts'
import { REGIONS } from '../../core/model/region.ts'
import { CELL_LEVELS } from '../../core/model/people/report-cell.ts'
import { FEWEST_REPORTERS, problemSchema, settledBefore } from '../../core/model/people/report.ts'
import { formatAsn, formatInstantUtc, instant, parseAsn } from '../../core/model/units.ts'
import { route } from './api-route.ts'
import { count, network as networkField, service as serviceField, simulated, time } from './field.ts'
import { homeDay, homeDayBounds } from '../../core/text/home-day.ts'
import { periodOf } from '../query.ts'
import { format, network, service, since, until } from './parts.ts'

/** Days of one answer at most, and where none are asked for. */
const MOST_DAYS = 31
const USUAL_DAYS = 7

const reportsSchema = z.strictObject({
  simulated,
  since_utc: time,
  until_utc: time,
  settled_until_utc: time.describe('Reports of later 15-minute slots are not shown yet'),
  fewest: z.literal(FEWEST_REPORTERS).describe('No number counts fewer people than this'),
  cells: z.array(
    z.strictObject({
      service: serviceField,
      service_name: z.string(),
      level: z
        .enum(CELL_LEVELS)
        .describe(
          'What its reports share: place (network and region), network, region, slot (15 minutes), hour. Cells do not overlap: each holds what no finer one holds',
        ),
      from_utc: time,
      until_utc: time,
      network: networkField.nullable().describe('Null where the cell holds reports of any network'),
      network_said: z.boolean().nullable().describe('Whether people named the network; else their addresses showed it'),
      region: z.enum(REGIONS).nullable().describe('ISO 3166-2; null where the cell holds reports of any region'),
      reports: count
        .min(FEWEST_REPORTERS)
        .describe('Distinct reporters, as far as possible without knowing any person'),
      problems: z
        .array(z.strictObject({ problem: problemSchema, reports: count.min(FEWEST_REPORTERS) }))
        .describe('Kinds of trouble named by at least so many; the rest is not told apart'),
      released: z.boolean().describe('Held at first as one of a flood; a moderator said that they count'),
      simulated,
    }),
  ),
  signals: z
    .array(
      z.strictObject({
        service: serviceField,
        service_name: z.string(),
        network: networkField.nullable().describe('Null: all networks together'),
        kind: z
          .enum(['burst', 'rising'])
          .describe('burst: more than is usual at that hour and weekday; rising: too little is known of what is usual'),
        began_utc: z.tuple([time, time]).describe('Between these it began'),
        ended_utc: z.tuple([time, time]).nullable().describe('Between these it ended; null: it goes on'),
        reports: count,
        most: count.describe('Reports of the fullest 15 minutes'),
        usual: z.number().nullable().describe('Mean of those 15 minutes in the half year before'),
        simulated,
      }),
    )
    .describe('Times in which more people report than usual. They say that people report, and of no cause'),
})

const COLUMNS = [
  'service',
  'service_name',
  'level',
  'from_utc',
  'until_utc',
  'network',
  'network_said',
  'region',
  'reports',
  'released',
  'simulated',
] as const

const wrongDays = (path: string, expected: string): InputError =>
  new InputError(`Cannot read ${path}: not as expected`, { code: 'query.invalid', path, expected })

export const reports = route({
  id: 'reports',
  path: '/api/v1/reports',
  summary: 'What people report, in cells of at least five',
  about:
    'Trouble reports of people: a class of their own, no measurements, part of no verdict (docs/methods/reports.md). Of the last seven days where none are asked for; at most 31 days. Every report is in one cell at most, so that no smaller number follows by subtraction.',
  asks: z.strictObject({
    since: since.optional(),
    until: until.optional(),
    service: service.optional(),
    network: network.optional(),
    format: format.optional(),
  }),
  answer: { name: 'Reports', schema: reportsSchema },
  csv: { rows: 'cells', columns: COLUMNS },
  cost: 2,
  example: '/api/v1/reports?since=2026-03-04&until=2026-03-05&service=youtube',
  async find(asked, { options, board }) {
    const { people, names } = options
    const { asOf, simulated: isSimulated } = await board()
    const period = periodAsked(asked, asOf)
    const asn = asked.network === undefined ? undefined : parseAsn(asked.network.toUpperCase())
    const isAsked = (one: { readonly service: string; readonly asn?: number }): boolean =>
      (asked.service === undefined || one.service === asked.service) && (asn === undefined || one.asn === asn)
    const [cells, signals] =
      people === undefined ? [[], []] : await Promise.all([people.cells(period), people.signals()])
    return {
      kind: 'body',
      body: {
        simulated: isSimulated,
        since_utc: formatInstantUtc(period.since),
        until_utc: formatInstantUtc(period.until),
        settled_until_utc: formatInstantUtc(instant(settledBefore(isSimulated ? asOf : options.clock.now()))),
        fewest: FEWEST_REPORTERS,
        cells: cells.filter(isAsked).map((cell) => ({
          service: cell.service,
          service_name: serviceName(names, cell.service),
          level: cell.level,
          from_utc: formatInstantUtc(instant(cell.from)),
          until_utc: formatInstantUtc(instant(cell.until)),
          network: cell.asn === undefined ? null : formatAsn(cell.asn),
          network_said: cell.said ?? null,
          region: cell.region === undefined || cell.region === '' ? null : cell.region,
          reports: cell.count,
          problems: cell.problems.map(({ problem, count: named }) => ({ problem, reports: named })),
          released: cell.released,
          simulated: isSimulated,
        })),
        signals: signals
          .filter((one) => isAsked(one) && one.began[0] >= period.since && one.began[0] < period.until)
          .map((one) => ({
            service: one.service,
            service_name: serviceName(names, one.service),
            network: one.asn === undefined ? null : formatAsn(one.asn),
            kind: one.kind,
            began_utc: one.began.map((at) => formatInstantUtc(instant(at))),
            ended_utc: one.ended === undefined ? null : one.ended.map((at) => formatInstantUtc(instant(at))),
            reports: one.reports,
            most: one.most,
            usual: one.usual === undefined ? null : Math.round(one.usual * 100) / 100,
            simulated: isSimulated,
          })),
      },
    }
  },
})

/** Days as asked, or the last seven before the present. Throws InputError for too many, or one of the two alone. */
function periodAsked(
  { since: first, until: last }: { readonly since?: string | undefined; readonly until?: string | undefined },
  asOf: number,
): { readonly since: ReturnType<typeof instant>; readonly until: ReturnType<typeof instant> } {
  if (first === undefined && last === undefined) {
    const today = homeDayBounds(homeDay(instant(asOf)))
    return { since: instant(today.until - USUAL_DAYS * DAY_MS), until: today.until }
  }
  if (first === undefined || last === undefined)
    throw wrongDays(first === undefined ? 'since' : 'until', 'both since and until, or neither')
  const period = periodOf({ since: first, until: last })
  if (period.until - period.since > MOST_DAYS * DAY_MS)
    throw wrongDays('until', `at most ${MOST_DAYS} days from since on`)
  return { since: period.since, until: period.until }
}
