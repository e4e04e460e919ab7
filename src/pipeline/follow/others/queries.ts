import { defined } from '../../../core/model/defined.ts'
import type { OthersFile } from '../../../core/model/tables/others.ts'
import { formatAsn, instant, type Asn, type CountryCode, type Instant } from '../../../core/model/units.ts'

/** Whom a follower asks. None is asked by default: the operator names each. */
export const OTHERS_SOURCES = ['ooni', 'ioda', 'radar'] as const
export type FollowedSource = (typeof OTHERS_SOURCES)[number]

/** Addresses of the sources' interfaces, without a final slash. */
export const OTHERS_URLS: Readonly<Record<FollowedSource, string>> = {
  ooni: 'https://api.ooni.io/api/v1',
  ioda: 'https://api.ioda.inetintel.cc.gatech.edu/v2',
  radar: 'https://api.cloudflare.com/client/v4/radar',
}

/** A service of which counts are asked: by the host of its page, or by OONI's own test of it. */
export type AskedService = { readonly domain: string } | { readonly test: string }

export interface QueryPlan {
  readonly sources: readonly FollowedSource[]
  readonly urls: Readonly<Record<FollowedSource, string>>
  readonly country: CountryCode
  readonly services: readonly AskedService[]
  readonly networks: readonly Asn[]
}

/** One question about one month. */
export interface OthersQuery extends Pick<OthersFile, 'form' | 'title' | 'domain' | 'test' | 'network'> {
  readonly source: FollowedSource
  /** Stable name of the question and its month, and of the file of its answer. */
  readonly key: string
  readonly url: string
  readonly month: Month
}

/** A month of UTC. */
export interface Month {
  readonly from: Instant
  /** First instant after it. */
  readonly until: Instant
}

/** The months from one time to another. */
export function monthsBetween(since: Instant, until: Instant): readonly Month[] {
  const months: Month[] = []
  const first = new Date(since)
  for (let i = 0; ; i++) {
    const from = instant(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i, 1))
    if (from > until) return months
    months.push({ from, until: instant(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + i + 1, 1)) })
  }
}

const dayOf = (at: Instant): string => new Date(at).toISOString().slice(0, 10)

/** The questions of one month, in a fixed order. */
export function queriesOf(
  { sources, urls, country, services, networks }: QueryPlan,
  month: Month,
): readonly OthersQuery[] {
  const name = dayOf(month.from).slice(0, 7)
  const ask = (
    source: FollowedSource,
    key: string,
    path: string,
    rest: Pick<OthersFile, 'form' | 'title' | 'domain' | 'test' | 'network'>,
  ): OthersQuery => ({
    source,
    key: `${source}-${key}-${name}`.replace(/[^\w.-]/g, '_').toLowerCase(),
    url: `${urls[source]}/${path}`,
    month,
    ...rest,
  })
  const seconds = `from=${month.from / 1000}&until=${month.until / 1000}`
  const of: Readonly<Record<FollowedSource, () => readonly OthersQuery[]>> = {
    ooni: () =>
      services.map((about) => {
        const [column, value] =
          'domain' in about ? (['domain', about.domain] as const) : (['test_name', about.test] as const)
        const query = new URLSearchParams({
          probe_cc: country,
          [column]: value,
          since: dayOf(month.from),
          until: dayOf(month.until),
          axis_x: 'measurement_start_day',
          axis_y: 'probe_asn',
        })
        return ask('ooni', value, `aggregation?${query.toString()}`, {
          form: 'ooni-aggregation',
          title: `OONI, ${value}`,
          ...defined({
            domain: 'domain' in about ? about.domain : undefined,
            test: 'test' in about ? about.test : undefined,
          }),
        })
      }),
    ioda: () => [
      ask('ioda', `events-${country}`, `outages/events?entityType=country&entityCode=${country}&${seconds}`, {
        form: 'ioda-events',
        title: `IODA, ${country}`,
      }),
      ask('ioda', `signals-${country}`, `signals/raw/country/${country}?${seconds}`, {
        form: 'ioda-signals',
        title: `IODA, ${country}`,
      }),
      ...networks.map((asn) =>
        ask('ioda', `events-${formatAsn(asn)}`, `outages/events?entityType=asn&entityCode=${asn}&${seconds}`, {
          form: 'ioda-events',
          title: `IODA, ${formatAsn(asn)}`,
          network: formatAsn(asn),
        }),
      ),
    ],
    radar: () => {
      const query = new URLSearchParams({
        location: country,
        dateStart: new Date(month.from).toISOString(),
        dateEnd: new Date(month.until).toISOString(),
        format: 'json',
      })
      return [
        ask('radar', `outages-${country}`, `annotations/outages?${query.toString()}`, {
          form: 'radar-outages',
          title: `Cloudflare Radar, ${country}`,
        }),
      ]
    },
  }
  return sources.flatMap((source) => of[source]())
}
