import { z } from 'zod'
import { demandSchema } from '../../core/model/incident/demand.ts'
import { formatAsn, formatInstantUtc } from '../../core/model/units.ts'
import { demandsView } from '../record/demand-view.ts'
import { knownNow } from '../last-failed.ts'
import type { ReckonedDemand } from '../record/page/if-it-continues.ts'
import { COUNTED_WORDS, type HoursTally } from '../now/restricted-hours.ts'
import { route } from './api-route.ts'
import { count, simulated, time } from './field.ts'
import { format } from './parts.ts'

const hours = z.number().nonnegative()
const countSchema = z.strictObject({
  demand: z.string().describe('Id of the demand'),
  since_utc: time,
  until_utc: time,
  group: z
    .enum(['restricted', 'word', 'service', 'network'])
    .describe(
      'Rows of a group overlap in time and do not add up; restrictions are the words blocking and not-determined',
    ),
  name: z.string(),
  incidents: count,
  hours: hours.describe('Between the medians of start and end, each moment once'),
  hours_least: hours,
  hours_most: hours,
  simulated,
})

const demandsSchema = z.strictObject({
  simulated,
  measured_until_utc: time.nullable(),
  counts: z.array(countSchema),
  demands: z.array(
    z.strictObject({
      ...demandSchema.shape,
      weeks: z.array(
        z.strictObject({
          from_utc: time,
          until_utc: time,
          hours_blocking: hours,
          hours_not_determined: hours.describe('Beside those of blocking'),
          hours_most: hours,
          measured: z.boolean().describe('Whether anything was measured in it; without it 0 hours say nothing'),
        }),
      ),
      not_counted: z.strictObject({ insufficient: count, withdrawn: count }),
      open_edges: count.describe('Restrictions of which only the time between failed measurements counts'),
    }),
  ),
})

type Count = z.infer<typeof countSchema>

/** All counts of one demand, the whole first. */
function countsOf({ demand, reckoning }: ReckonedDemand, isSimulated: boolean): readonly Count[] {
  const of = (group: Count['group'], name: string, tally: HoursTally): Count => ({
    demand: demand.id,
    since_utc: formatInstantUtc(reckoning.since),
    until_utc: formatInstantUtc(reckoning.until),
    group,
    name,
    incidents: tally.incidents,
    hours: tally.hours.middle,
    hours_least: tally.hours.least,
    hours_most: tally.hours.most,
    simulated: isSimulated,
  })
  return [
    of('restricted', 'all', reckoning.restricted),
    ...COUNTED_WORDS.map((word) => of('word', word, reckoning.byWord[word])),
    ...reckoning.byService.map((one) => of('service', one.service, one)),
    ...reckoning.byNetwork.map((one) => of('network', formatAsn(one.asn), one)),
  ]
}

const COLUMNS = [
  'demand',
  'since_utc',
  'until_utc',
  'group',
  'name',
  'incidents',
  'hours',
  'hours_least',
  'hours_most',
  'simulated',
] as const

export const demands = route({
  id: 'demands',
  path: '/api/v1/demands',
  summary: 'Incidents and hours of restriction since each dated demand of the record',
  about:
    'A demand is quoted, not supported; the rule of counting is the same for every one (docs/formats/record.md). The bounds take every start and end at its 95 % bound at once.',
  asks: z.strictObject({ format: format.optional() }),
  answer: { name: 'Demands', schema: demandsSchema },
  csv: { rows: 'counts', columns: COLUMNS },
  cost: 1,
  example: '/api/v1/demands',
  async find(_, { options, lastData, board }) {
    const { claims, names, clock } = options
    const incidents = knownNow(options.incidents ?? { current: async () => [] }, board)
    const record = claims?.record ?? { demands: [], simulated: false }
    const view = await demandsView({ record, incidents, warehouse: options.warehouse, names, clock, lastData })
    const { measuredUntil } = view
    return {
      kind: 'body',
      body: {
        simulated: view.simulated,
        measured_until_utc: measuredUntil === undefined ? null : formatInstantUtc(measuredUntil),
        counts: view.demands.flatMap((one) => countsOf(one, view.simulated)),
        demands: view.demands.map(({ demand, reckoning }) => ({
          ...demand,
          weeks: reckoning.weeks.map(({ from, until, blocking, other, most, measured }) => ({
            from_utc: formatInstantUtc(from),
            until_utc: formatInstantUtc(until),
            hours_blocking: blocking,
            hours_not_determined: other,
            hours_most: most,
            measured,
          })),
          not_counted: { insufficient: reckoning.insufficient, withdrawn: reckoning.withdrawn },
          open_edges: reckoning.openEdges,
        })),
      },
    }
  },
})
