import { z } from 'zod'
import { CAUSES } from '../incident/cause.ts'

/** Outcomes of an item, none more certain than `least`. */
const entries = (least: number) =>
  z.record(
    z.string(),
    z
      .number()
      .min(least)
      .max(1 - least),
  )

/** The file data/causes.json: P(outcome | cause), given that an incident was raised. Source: docs/methods/cause.md. */
export const causeTableSchema = z.strictObject({
  note: z.string().min(1),
  source: z.string().min(1),
  checked_at: z.iso.date(),
  causes: z.array(
    z.strictObject({
      cause: z.enum(CAUSES),
      /** By item, then by outcome; which must stand is checked where the table is made. */
      p: z.object({ rows: entries(0.005).exactOptional() }).catchall(entries(0.02)),
    }),
  ),
})
export type CauseTableFile = z.infer<typeof causeTableSchema>

/** The file data/owners.json: who runs a service, so that "unrelated" means another owner. */
export const ownersSchema = z.strictObject({
  owners: z.array(
    z.strictObject({
      service: z.string().min(1),
      owner: z.string().min(1),
      source: z.string().min(1),
      checked_at: z.iso.date(),
    }),
  ),
})
