import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { almatyHour } from './plan.ts'
import type { Probe } from './probes.ts'
import type { Story } from './stories.ts'

/** Services that fall silent on the article's evening. */
export const ARTICLE_SERVICES = ['youtube', 'facebook', 'instagram', 'telegram'] as const

export interface ArticleOptions {
  /** Midnight UTC of the first day, milliseconds since 1970. */
  readonly since: number
  readonly days: number
  readonly probes: readonly Probe[]
}

/** Truth of the evening: what a finding must contain. Milliseconds since 1970. */
export interface ArticleTruth {
  readonly start: number
  readonly end: number
  readonly asns: readonly number[]
  readonly untouched: number | undefined
}

/**
 * The evening of the article, on the last day of a history: from 20:02 to 22:04 in Almaty four services are silent
 * after ClientHello on every network but the last. The same hours are busy everywhere, one probe loses its line in the
 * middle, one owner presses the button again and again, and the morning before a platform is down for everybody: the
 * things from which an honest finding must tell the restriction apart.
 */
export function planArticle(options: ArticleOptions): {
  readonly stories: readonly Story[]
  readonly truth: ArticleTruth
} {
  const lastMidnight = options.since + (options.days - 1) * DAY_MS
  const eight = almatyHour(lastMidnight, 20)
  const start = eight + 2 * MINUTE_MS
  const end = eight + 2 * HOUR_MS + 4 * MINUTE_MS
  const all = [...new Set(options.probes.map(({ network }) => network.asn))]
  const touched = all.length > 1 ? all.slice(0, -1) : all
  const spans = (asns: readonly number[], from: number, until: number) =>
    new Map(asns.map((asn) => [asn, { start: from, end: until }]))
  const one = (index: number): Pick<Story, 'probes'> & { readonly asns: readonly number[] } => {
    const probe = options.probes[index % options.probes.length]! // there is at least one probe
    return { probes: [probe.id], asns: [probe.network.asn] }
  }
  const torn = one(1)
  const eager = one(2)
  const stories: readonly Story[] = [
    {
      id: 'article-evening',
      about: 'social networks and a messenger silent after ClientHello for two hours of an evening',
      effect: { kind: 'interference', how: 'tls-silence', leak: 0.06 },
      services: ARTICLE_SERVICES,
      probes: [],
      spans: spans(touched, start, end),
    },
    {
      id: 'busy-evening',
      about: 'busy evening: slow exchanges, some runs stall altogether',
      effect: { kind: 'congestion', stall: 0.06 },
      services: [],
      probes: [],
      spans: spans(all, eight - HOUR_MS, eight + 3 * HOUR_MS),
    },
    {
      id: 'torn-line',
      about: 'a device loses its line in the middle of the evening',
      effect: { kind: 'line', state: 'dead' },
      services: [],
      probes: torn.probes,
      spans: spans(torn.asns, eight + 40 * MINUTE_MS, eight + 70 * MINUTE_MS),
    },
    {
      id: 'eager-owner',
      about: 'somebody presses the button again and again',
      effect: { kind: 'burst', times: 3 },
      services: [],
      probes: eager.probes,
      spans: spans(eager.asns, eight + 5 * MINUTE_MS, eight + 35 * MINUTE_MS),
    },
    {
      id: 'platform-down',
      about: 'a platform is down for everybody, the morning before',
      effect: { kind: 'origin', state: 'down' },
      services: ['instagram'],
      probes: [],
      spans: spans(all, eight - 10 * HOUR_MS, eight - 9 * HOUR_MS),
    },
  ]
  return { stories, truth: { start, end, asns: touched, untouched: all.find((asn) => !touched.includes(asn)) } }
}
