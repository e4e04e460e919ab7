import { z } from 'zod'

// Figures behind the number of people affected, data/impact.json. Every row has a source and a date; an assumption
// says that it is one. Rows of the simulated world never meet those of the real one.

const sourced = {
  source: z.string().min(1),
  /** Year, month or day the figure is of. */
  as_of: z.string().regex(/^\d{4}(-\d\d){0,2}$/),
  simulated: z.boolean(),
}
const share = z.number().min(0).max(1)

export const impactTableSchema = z.strictObject({
  /** People who use the internet in the country; one row of each world. */
  internet_users: z.array(z.strictObject({ value: z.number().int().positive(), ...sourced })),
  /** People who reach the internet through a network. Shares of addresses are not shares of people. */
  networks: z.array(
    z.strictObject({ asn: z.number().int().positive(), users: z.number().int().positive(), ...sourced }),
  ),
  /** People in the country who use a service. */
  services: z.array(z.strictObject({ service: z.string().min(1), users: z.number().int().positive(), ...sourced })),
  /** Share of a service's users who use it within one hour: by local hour, or bounds alone where no profile is held. */
  hours: z.array(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('profile'), values: z.array(share).length(24), ...sourced }),
      z.strictObject({ kind: z.literal('flat'), low: share.positive(), high: share, ...sourced }),
    ]),
  ),
  /** Standard deviations of the natural logarithm, by which the figures above may be off. */
  spreads: z.strictObject({
    users: z.number().positive(),
    share: z.number().positive(),
    hours: z.number().positive(),
    source: z.string().min(1),
    as_of: sourced.as_of,
  }),
})
/** Rows of data/impact.json. */
export type ImpactTable = z.infer<typeof impactTableSchema>

/** What an input of an impact is, the first part of its `what`; a network or service follows after a colon. */
export const IMPACT_INPUTS = [
  'internet-users',
  'network-users',
  'service-users',
  'hour-activity-low',
  'hour-activity-high',
  'probes',
  'probes-failed',
  'spread-users',
  'spread-share',
  'spread-hours',
] as const
export type ImpactInput = (typeof IMPACT_INPUTS)[number]
