import { z } from 'zod'

// Fields that many answers share. Their descriptions are part of the published description of the interface.

export const time = z.iso.datetime().describe('Time in UTC, RFC 3339')
export const day = z.iso.date().describe('Day by Astana time, YYYY-MM-DD')
export const network = z
  .string()
  .regex(/^AS\d{1,10}$/)
  .describe('Network as AS and its number; AS0 is not known')
export const service = z.string().min(1).describe('Id of a service, `web:<host>` for a site, `test:<name>` for a test')
export const digest = z.string().regex(/^[0-9a-f]{64}$/)
export const measurementId = digest.describe('Id of a measurement: SHA-256 of its bytes as received')
export const count = z.number().int().nonnegative()
export const simulated = z.boolean().describe('Made by a simulator: no measurement of a real network')
export const next = z.string().nullable().describe('Cursor of the next part; null where this is the last')
/** The same words in three languages. */
export const words = z.strictObject({ kk: z.string(), ru: z.string(), en: z.string() })
