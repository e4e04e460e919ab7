import { z } from 'zod'
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

export const claimsSchema = z.strictObject({
  simulated,
  statements: z.array(
    z.strictObject({
      ...statementSchema.shape,
      claims: z.array(z.strictObject({ ...claimSchema.shape, judgement: judgement.nullable() })),
    }),
  ),
})

export const ordersSchema = z.strictObject({ simulated, orders: z.array(orderSchema) })
