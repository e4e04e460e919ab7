import { z } from 'zod'
import { formatInstantUtc } from '../../core/model/units.ts'
import { knownNow } from '../last-failed.ts'
import { route, type ApiRoute } from './api-route.ts'
import { demands } from './demand-route.ts'
import { CLAIM_REASONS } from '../../core/model/incident/claim.ts'
import { CLAIM_FINDINGS, claimSchema, orderSchema, statementSchema } from '../../core/model/tables/record.ts'
import { simulated, time } from './field.ts'

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

export const RECORD_ROUTES: readonly ApiRoute[] = [claims, orders, demands]
