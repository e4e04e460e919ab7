import { z } from 'zod'
import { formatInstantUtc, instant, type Instant } from '../units.ts'
import { OUTAGE_SCOPES, type KnownOutage } from '../tables/others.ts'

// Outages that others measured, in an incident and in the derivation of one (docs/formats/incidents.md).

const time = z.iso.datetime().transform((text): Instant => instant(Date.parse(text)))

/** One outage in JSON; nothing where it is not given. */
export const encodeOutage = (outage: KnownOutage): Record<string, unknown> => ({
  by: outage.by,
  scope: outage.scope,
  from_utc: formatInstantUtc(outage.from),
  until_utc: formatInstantUtc(outage.until),
  source: outage.source,
  url: outage.url ?? null,
  retrieved: outage.retrieved,
  retrieved_at_utc: outage.at === undefined ? null : formatInstantUtc(outage.at),
  sha256: outage.sha256 ?? null,
})

/** Outages of an incident as members of its JSON: none where there are none. */
export const encodeOutages = ({ outages }: { readonly outages?: readonly KnownOutage[] }): Record<string, unknown> =>
  outages === undefined ? {} : { outages: outages.map(encodeOutage) }

/** Reads outages of `encodeOutage`. */
export const outagesSchema = z
  .array(
    z
      .strictObject({
        by: z.enum(['ioda', 'radar']),
        scope: z.enum(OUTAGE_SCOPES),
        from_utc: time,
        until_utc: time,
        source: z.string().max(300),
        url: z.string().max(2000).nullable(),
        retrieved: z.iso.date(),
        retrieved_at_utc: time.nullable(),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .nullable(),
      })
      .transform((one): KnownOutage => ({
        by: one.by,
        scope: one.scope,
        from: one.from_utc,
        until: one.until_utc,
        source: one.source,
        retrieved: one.retrieved,
        ...(one.url === null ? {} : { url: one.url }),
        ...(one.retrieved_at_utc === null ? {} : { at: one.retrieved_at_utc }),
        ...(one.sha256 === null ? {} : { sha256: one.sha256 }),
      })),
  )
  .max(10_000)
