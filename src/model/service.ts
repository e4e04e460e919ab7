import { z } from 'zod'

const sourced = {
  /** Where the fact was read. */
  source: z.string().min(1),
  /** Day of the reading. */
  checked_at: z.iso.date(),
}

export const endpointSchema = z.strictObject({
  /** Exact name, or `*.name` for every name below it (and the name itself). */
  host: z.string().regex(/^(\*\.)?[a-z0-9.-]+$/),
  /** page, api, media, upload, messages, voice, live … */
  use: z.string().min(1),
  ...sourced,
})

export const serviceSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/),
  name: z.string().min(1),
  /** OONI tests that are about this service as a whole. */
  tests: z.array(z.string()),
  endpoints: z.array(endpointSchema).min(1),
  /** Not known to be restricted anywhere in the country: measured to tell whether a line works at all. */
  comparison: z.literal(true).optional(),
})

/** A service people use, with the hosts that carry it. */
export type Service = z.infer<typeof serviceSchema>
export const servicesSchema = z.strictObject({ services: z.array(serviceSchema) })
