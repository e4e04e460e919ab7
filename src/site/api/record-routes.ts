import { z } from 'zod'
import { formatInstantUtc, formatAsn } from '../../core/model/units.ts'
import { knownNow } from '../last-failed.ts'
import { route, type ApiRoute } from './api-route.ts'
import { CLAIM_REASONS } from '../../core/model/incident/claim.ts'
import { CLAIM_FINDINGS, claimSchema, orderSchema, statementSchema } from '../../core/model/tables/record.ts'
import { simulated, time, count } from './field.ts'
import { demandSchema } from '../../core/model/incident/demand.ts'
import { demandsView } from '../record/demand-view.ts'
import type { ReckonedDemand } from '../record/page/if-it-continues.ts'
import { COUNTED_WORDS, type HoursTally } from '../now/restricted-hours.ts'
import { format } from './parts.ts'

// The record as data/record holds it, by the very types that read it, with how each claim stands.

const judgement = z.strictObject({
  finding: z.enum(CLAIM_FINDINGS),
  reason: z.enum(CLAIM_REASONS).describe('docs/methods/claims.md'),
  from_utc: time,
  until_utc: time,
  incidents: z.array(z.string()).describe('Incidents it rests on, those that speak the other way too'),
})

const claimsSchema = z.strictObject({
  simulated,
  statements: z.array(
    z.strictObject({
      ...statementSchema.shape,
      claims: z.array(z.strictObject({ ...claimSchema.shape, judgement: judgement.nullable() })),
    }),
  ),
})

const ordersSchema = z.strictObject({ simulated, orders: z.array(orderSchema) })

export const claims = route({
  id: 'claims',
  path: '/api/v1/claims',
  summary: 'Statements, and how each of their claims stands against the measurements',
  about:
    'Oldest first. A source with `checked: false` has not been opened here. Simulated statements are compared with simulated incidents only.',
  asks: z.strictObject({}),
  answer: { name: 'Claims', schema: claimsSchema },
  cost: 1,
  example: '/api/v1/claims',
  async find(_, { options, board }) {
    const { claims: kept, incidents } = options
    if (kept === undefined) return { kind: 'body', body: { simulated: false, statements: [] } }
    const known = incidents === undefined ? [] : knownNow(incidents, board).current()
    const [current, coverage] = await Promise.all([known, kept.coverage()])
    const judged = kept.judge(kept.record.statements, { incidents: current, coverage })
    const byClaim = new Map(judged.map((one) => [one.claim, one]))
    const statements = kept.record.statements.map((statement) => ({
      ...statement,
      claims: statement.claims.map((claim) => {
        const one = byClaim.get(claim.id)
        if (one === undefined) return { ...claim, judgement: null }
        const { finding, reason, period } = one
        const [from, until] = [formatInstantUtc(period.from), formatInstantUtc(period.until)]
        const judgement = { finding, reason, from_utc: from, until_utc: until, incidents: one.incidents }
        return { ...claim, judgement }
      }),
    }))
    return { kind: 'body', body: { simulated: kept.record.simulated, statements } }
  },
})

export const orders = route({
  id: 'orders',
  path: '/api/v1/orders',
  summary: 'Known legal acts, their text held or not',
  about: 'That an act is not listed is a finding only where it was asked for and the answer is here.',
  asks: z.strictObject({}),
  answer: { name: 'Orders', schema: ordersSchema },
  cost: 1,
  example: '/api/v1/orders',
  find: async (_, { options: { claims: kept } }) => ({
    kind: 'body',
    body: { simulated: kept?.record.simulated ?? false, orders: kept?.record.orders ?? [] },
  }),
})

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

const demands = route({
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

export const RECORD_ROUTES: readonly ApiRoute[] = [claims, orders, demands]
