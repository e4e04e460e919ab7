import { z } from 'zod'

/** File data/never.json: what is never measured nor offered. */
export const neverSchema = z.strictObject({
  /** Categories of the Citizen Lab lists that put the people who measure them at risk. */
  categories: z.array(z.strictObject({ code: z.string().regex(/^[A-Z]{2,6}$/), why: z.string().min(1) })),
  /** Registrable domains, with everything below them. */
  hosts: z.array(
    z.strictObject({
      host: z.string().regex(/^[a-z0-9.-]+$/),
      why: z.string().min(1),
      source: z.string().min(1),
      checked_at: z.iso.date(),
    }),
  ),
})
export type Never = z.infer<typeof neverSchema>

/** One row of a list in the form of the Citizen Lab's. Names of fields as OONI's check-in gives them. */
export interface ListedUrl {
  readonly url: string
  readonly category_code: string
  /** Of the list: `XX` for the global one. */
  readonly country_code: string
}

/** Whether a host is on the list of what is never measured, or below a name that is. */
export const isNeverHost = (host: string, never: Never): boolean =>
  never.hosts.some((one) => host === one.host || host.endsWith(`.${one.host}`))
