import { performance } from 'node:perf_hooks'
import { BUSY_NETWORKS } from './made-year.ts'

/** Milliseconds of one reader who combines services, networks and days, and who searches; medians. */
export interface Questions {
  /** Choices that no one asked for before, and the same again. */
  readonly exploreColdMs: number
  readonly exploreColdMostMs: number
  readonly exploreMs: number
  /** Words that no one searched for before. */
  readonly searchMs: number
  /** Aggregations in OONI's shape that no one asked for before: a month by days, or by days and networks. */
  readonly aggregationMs: number
}

const SERVICES = ['youtube', 'whatsapp', 'instagram', 'telegram', 'tiktok', 'facebook'] as const
const WORDS = [
  'телеграм',
  'ютуб',
  'insta',
  'Қазақтелеком',
  'AS9198',
  '20 октября',
  'whatsap',
  'kcell',
  'vpn',
  'тикток',
] as const

const middle = (list: readonly number[]): number => {
  const sorted = list.toSorted((a, b) => a - b)
  return Math.round((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN) * 10) / 10
}

/** Choices of a month by days, of a year by weeks, of a fortnight by hours, of a year by hours of the week. */
function choices(lastDay: string): readonly string[] {
  const before = (days: number): string => new Date(Date.parse(lastDay) - days * 86_400_000).toISOString().slice(0, 10)
  return SERVICES.flatMap((service, index) => {
    const network = BUSY_NETWORKS[index % BUSY_NETWORKS.length]
    const other = SERVICES[(index + 1) % SERVICES.length]
    return [
      `service=${service}&since=${before(30)}&until=${lastDay}&by=day`,
      `service=${service}&network=AS${network}&since=${before(360)}&until=${lastDay}&by=week`,
      `service=${service}&service=${other}&since=${before(14)}&until=${lastDay}&by=hour`,
      `service=${service}&since=${before(360)}&until=${lastDay}&by=clock&chart=heat`,
    ]
  })
}

/** What OONI Explorer's chart asks: a month of web measurements by days, of all networks or with each of them separately. */
function aggregations(lastDay: string): readonly string[] {
  const since = new Date(Date.parse(lastDay) - 30 * 86_400_000).toISOString().slice(0, 10)
  const asked = {
    probe_cc: 'KZ',
    test_name: 'web_connectivity',
    since,
    until: lastDay,
    axis_x: 'measurement_start_day',
  }
  const hosts = SERVICES.map((service) => ({ ...asked, domain: `www.${service}.example` }))
  return [asked, { ...asked, axis_y: 'probe_asn' }, { ...asked, axis_y: 'domain' }, ...hosts].map((query) =>
    new URLSearchParams(query).toString(),
  )
}

async function timed(url: URL): Promise<number> {
  const began = performance.now()
  const response = await fetch(url)
  await response.arrayBuffer()
  if (response.status !== 200) throw new Error(`${url.href} answered ${response.status}`)
  return performance.now() - began
}

/** Asks one question after another, as one reader does; `lastDay` is the last with data. */
export async function askQuestions(base: string, lastDay: string): Promise<Questions> {
  const pages = choices(lastDay).map((query) => new URL(`kk/explore?${query}`, base))
  const once = async (urls: readonly URL[]): Promise<readonly number[]> => {
    const all: number[] = []
    for (const url of urls) all.push(await timed(url))
    return all
  }
  const cold = await once(pages)
  const again = await once(pages)
  const search = await once(WORDS.map((word) => new URL(`kk/search?q=${encodeURIComponent(word)}`, base)))
  const aggregation = await once(aggregations(lastDay).map((query) => new URL(`api/v1/aggregation?${query}`, base)))
  return {
    aggregationMs: middle(aggregation),
    exploreColdMs: middle(cold),
    exploreColdMostMs: Math.round(Math.max(...cold)),
    exploreMs: middle(again),
    searchMs: middle(search),
  }
}
