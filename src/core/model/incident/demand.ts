import { z } from 'zod'
import { sourceSchema } from '../tables/record.ts'
import { LANGS } from '../tables/langs.ts'

// A dated demand that restrictions end, as someone made it. It is quoted, never endorsed; what is counted since its day
// follows one rule for every demand (docs/formats/record.md).

const words = z.strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) })

/** Demands a record holds at most. */
export const MOST_DEMANDS = 200

export const demandSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{2,79}$/),
  /** Day or time in UTC: a demand of an unknown day has no "since". */
  at: z.union([z.iso.datetime(), z.iso.date()]),
  /** Who made it, as a body or an office. */
  who: words,
  /** What was demanded, in own neutral words. */
  text: words,
  /** The words as printed in the source, in its own language. */
  quote: z.strictObject({ lang: z.enum(LANGS), text: z.string().min(1) }).optional(),
  /** Services it is about; absent: every service. */
  services: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
  source: sourceSchema,
})
export type Demand = z.infer<typeof demandSchema>

/** Real demands are compared with real incidents, simulated ones with simulated ones. */
export const demandsSchema = z.strictObject({
  simulated: z.boolean(),
  demands: z.array(demandSchema).max(MOST_DEMANDS),
})
