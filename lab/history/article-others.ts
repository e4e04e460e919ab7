import type { ArticleTruth } from './article.ts'

const HOST = {
  youtube: 'www.youtube.com',
  facebook: 'www.facebook.com',
  instagram: 'www.instagram.com',
  telegram: 'web.telegram.org',
} as const

/** Measurements that others would have made of one service on one network in a day: so few that a day says little. */
const MEASURED = 6
const IN_THE_EVENING = 2

/**
 * What OONI and IODA would have seen of the article's evening, in the form of docs/formats/others.md. Invented, and
 * marked so; the day is counted whole, as OONI's tables do, so that most of it shows no anomaly.
 */
export function articleOthers({ start, asns, untouched }: ArticleTruth): Readonly<Record<string, unknown>> {
  const day = new Date(start).toISOString().slice(0, 10)
  const entry = { title: 'Kuager simulator', retrieved: day, since: day, until: day }
  const networks = [...asns, ...(untouched === undefined ? [] : [untouched])]
  const result = networks.flatMap((asn) =>
    Object.values(HOST).map((domain) => {
      const anomaly = asns.includes(asn) ? IN_THE_EVENING : 0
      return {
        measurement_start_day: day,
        probe_cc: 'ZZ',
        probe_asn: asn,
        domain,
        anomaly_count: anomaly,
        confirmed_count: 0,
        failure_count: 0,
        ok_count: MEASURED - anomaly,
        measurement_count: MEASURED,
      }
    }),
  )
  return {
    'others.json': {
      simulated: true,
      files: [
        { ...entry, file: 'ooni.json', form: 'ooni-aggregation' },
        { ...entry, file: 'ioda.json', form: 'ioda-events' },
      ],
    },
    'ooni.json': { v: 0, dimension_count: 3, result },
    'ioda.json': { type: 'outages.events', data: [] },
  }
}
