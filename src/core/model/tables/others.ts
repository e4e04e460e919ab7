import { z } from 'zod'
import { defined } from '../defined.ts'
import type { Asn, Instant } from '../units.ts'

// What others measured, from files that were requested from them and added (docs/formats/others.md). Nothing of it
// enters a verdict, an incident or the weight of evidence: it is shown next to them, with its source and day.

/** Forms of files that are read: answers of OONI's, IODA's and Radar's API, and IODA's table of investigated outages. */
export const OTHERS_FORMS = [
  'ooni-aggregation',
  'ooni-measurements',
  'ioda-events',
  'ioda-outages',
  'ioda-signals',
  'radar-outages',
] as const
/** `others.json`: which files there are, where each came from and which days were asked for. */
export const othersIndexSchema = z.strictObject({
  simulated: z.boolean(),
  files: z
    .array(
      z.strictObject({
        file: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,119}$/i),
        form: z.enum(OTHERS_FORMS),
        /** Address that was asked, or the place of the file. */
        url: z.url({ protocol: /^https?$/ }).optional(),
        title: z.string().min(1).max(200),
        retrieved: z.iso.date(),
        /** When the follower got the answer, and the hash of its bytes. */
        retrieved_at_utc: z.iso.datetime().optional(),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
        /** Days of UTC asked for, both inclusive: a day outside says nothing, a day inside without a row says that there is none. */
        since: z.iso.date(),
        until: z.iso.date(),
        /** What the query was restricted to, and its rows therefore do not repeat. */
        domain: z.string().min(1).max(253).optional(),
        test: z
          .string()
          .regex(/^[a-z0-9_]{2,40}$/)
          .optional(),
        network: z
          .string()
          .regex(/^AS[1-9]\d{0,9}$/)
          .optional(),
      }),
    )
    .max(2000),
})
export type OthersFile = z.infer<typeof othersIndexSchema>['files'][number]

const count = z.int().min(0)
const text = z.string().max(2000).nullish()
/** A network as OONI writes it: a number, or `AS` and a number. */
const asn = z.union([z.int().min(0).max(0xffff_ffff), z.string().regex(/^(AS)?\d{1,10}$/i)]).nullish()

/** A row of `GET /api/v1/aggregation` with the axes that matter here; others may stand beside them. */
export const ooniCountSchema = z.object({
  measurement_start_day: z
    .string()
    .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?$/)
    .optional(),
  probe_asn: asn,
  probe_cc: text,
  domain: text,
  input: text,
  test_name: text,
  anomaly_count: count,
  confirmed_count: count,
  failure_count: count,
  ok_count: count,
  measurement_count: count,
})

/** A row of `GET /api/v1/measurements`. */
export const ooniMeasurementSchema = z.object({
  measurement_start_time: z.iso.datetime(),
  probe_asn: asn,
  probe_cc: text,
  input: text,
  test_name: z.string().max(60),
  anomaly: z.boolean().nullish(),
  confirmed: z.boolean().nullish(),
  failure: z.boolean().nullish(),
})

/** A row of IODA's `outages/events`: seconds since 1970 and a length in seconds. */
export const iodaEventSchema = z.object({
  location: z.string().regex(/^[a-z]+\/[\w.:-]{1,60}$/i),
  start: z.int().min(0),
  duration: z.int().min(0),
  datasource: z.string().max(60).optional(),
})

/** An annotation of Cloudflare Radar's `annotations/outages`. Its cause is left out: no measurement shows it. */
export const radarOutageSchema = z.object({
  startDate: z.iso.datetime({ offset: true }),
  endDate: z.iso.datetime({ offset: true }).nullish(),
  locations: z.array(z.string().max(60)).default([]),
  asns: z.array(z.int().min(1).max(0xffff_ffff)).default([]),
  outage: z.object({ outageType: z.string().max(60).nullish() }).nullish(),
})

/** Counts of OONI for one service on one network over a span of time. */
export interface OoniCount {
  readonly service: string
  /** Absent: all networks of the query together. */
  readonly asn?: Asn
  readonly from: Instant
  readonly until: Instant
  readonly anomaly: number
  readonly confirmed: number
  readonly failure: number
  readonly ok: number
  readonly total: number
}

/** An outage of a whole country, a region or a network, as IODA or Radar dates it. */
export interface ObservedOutage {
  readonly entity: { readonly kind: 'country' | 'region' } | { readonly kind: 'network'; readonly asn: Asn }
  readonly from: Instant
  /** Absent: no end is given. */
  readonly until?: Instant
  /** Signal it was seen in, in the source's own word. */
  readonly signal?: string
}

interface FromFile {
  readonly title: string
  readonly url?: string
  readonly retrieved: string
  /** Span asked for. */
  readonly from: Instant
  readonly until: Instant
  /** When the answer was received, and the SHA-256 of its bytes, where a follower fetched it. */
  readonly at?: Instant
  readonly sha256?: string
  /** Rows that could not be read; absent: none. */
  readonly setAside?: number
}

/** Who publishes outages of networks. */
export type OutageSource = 'ioda' | 'radar'

/** What one file says. */
export type OthersPart =
  | (FromFile & {
      readonly kind: 'ooni'
      readonly counts: readonly OoniCount[]
      /** The query was about these alone, so that it is silent of anything else. */
      readonly onlyService?: string
      readonly onlyAsn?: Asn
    })
  | (FromFile & {
      readonly kind: 'outages'
      readonly by: OutageSource
      readonly outages: readonly ObservedOutage[]
      readonly onlyAsn?: Asn
    })

/** All of them; simulated ones stand beside simulated incidents alone. */
export interface OthersRecord {
  readonly simulated: boolean
  readonly parts: readonly OthersPart[]
}

/** Where one network had less connectivity than usual, or the whole country. */
export const OUTAGE_SCOPES = ['network', 'country'] as const

/** A time in which a network or the whole country had less connectivity than usual, as others measured it. */
export interface KnownOutage {
  readonly from: Instant
  readonly until: Instant
  readonly by: OutageSource
  readonly scope: (typeof OUTAGE_SCOPES)[number]
  /** Source as it is printed, and its address. */
  readonly source: string
  readonly url?: string
  /** Day of the answer; its time and the SHA-256 of its bytes, where a follower fetched it. */
  readonly retrieved: string
  readonly at?: Instant
  readonly sha256?: string
}

/** What an outage is, whichever answer has it. */
export const outageText = ({ by, scope, from, until }: KnownOutage): string => `${by} ${scope} ${from} ${until}`

/**
 * Outages that others measured of a network or its country, in the order of time: for masking what they explain, never
 * for the weight of evidence. One without an end is left out, because it would explain everything after it, and one of
 * a region too, because the network may be elsewhere. One that several answers have is given once, as the first of
 * them.
 */
export function knownOutages(others: OthersRecord | undefined, asn: Asn): readonly KnownOutage[] {
  const found = (others?.parts ?? []).flatMap((part) =>
    part.kind === 'ooni'
      ? []
      : part.outages.flatMap(({ entity, from, until }): readonly KnownOutage[] => {
          const about = entity.kind === 'country' || (entity.kind === 'network' && entity.asn === asn)
          if (!about || until === undefined) return []
          const { title: source, by, retrieved, url, at, sha256 } = part
          return [{ from, until, by, scope: entity.kind, source, retrieved, ...defined({ url, at, sha256 }) }]
        }),
  )
  const sorted = found.toSorted(
    (a, b) =>
      a.from - b.from || a.until - b.until || order(outageText(a), outageText(b)) || order(a.retrieved, b.retrieved),
  )
  return sorted.filter((one, k) => k === 0 || outageText(one) !== outageText(sorted[k - 1]!)) // k is above 0
}

/** Outages of the series of one record, looked for once for each network; simulated ones mask only simulated series. */
export function outagesOf(
  others: OthersRecord | undefined,
): (series: { readonly asn: Asn; readonly simulated: boolean }) => readonly KnownOutage[] {
  const found = new Map<Asn, readonly KnownOutage[]>()
  return ({ asn, simulated }) => {
    if (others?.simulated !== simulated) return []
    const known = found.get(asn) ?? knownOutages(others, asn)
    found.set(asn, known)
    return known
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
