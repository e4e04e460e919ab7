import type { OutsideEvent } from '../../src/core/model/tables/record.ts'
import { DAY_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import { almatyHour } from './plan.ts'
import { createRandom } from './random.ts'
import { SIMULATED_NETWORKS } from './probes.ts'

const WEEKS = 26
const utc = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z')
const day = (at: number): string => utc(at).slice(0, 10)
const words = (kk: string, ru: string, en: string): { kk: string; ru: string; en: string } => ({ kk, ru, en })

const LABELS = {
  livestream: words('Тікелей эфир (модельденген)', 'Прямой эфир (смоделировано)', 'Livestream (simulated)'),
  football: words('Футбол матчы (модельденген)', 'Футбольный матч (смоделировано)', 'Football match (simulated)'),
} as const

/** Shares of evenings with a livestream, of those that a restriction follows, and of evenings with a football match. */
const STREAMS = 0.36
const FOLLOWED = 0.7
const MATCHES = 0.15

/** An invented half year of evenings, to show how a test of coincidence reads. */
export interface StreamsStudy {
  readonly events: readonly OutsideEvent[]
  /** Lines of `kuager incidents --json`. */
  readonly incidents: readonly object[]
  readonly plan: {
    readonly period: { readonly since: string; readonly until: string }
    readonly primary: StreamsQuestion
    readonly secondary: readonly StreamsQuestion[]
    readonly negativeControls: readonly StreamsQuestion[]
  }
}

export interface StreamsQuestion {
  readonly id: string
  readonly label: { readonly kk: string; readonly ru: string; readonly en: string }
  readonly kinds: readonly (keyof typeof LABELS)[]
  readonly services: readonly string[]
  readonly networks: readonly number[]
}

/**
 * Half a year that ends before `until` (midnight UTC): seven in ten livestreams are followed by a restriction of YouTube,
 * football matches by none, and Facebook is never restricted.
 */
export function simulateStreamsStudy({ seed, until }: { readonly seed: number; readonly until: number }): StreamsStudy {
  const random = createRandom(seed, 'streams study')
  const since = until - WEEKS * 7 * DAY_MS
  const asn = SIMULATED_NETWORKS[0]?.asn ?? 0
  const events: OutsideEvent[] = []
  const incidents: object[] = []
  const add = (kind: keyof typeof LABELS, at: number): void =>
    void events.push({
      id: `${kind}-${day(at)}`,
      kind,
      label: LABELS[kind],
      start: utc(at),
      source: { title: 'Kuager simulator', checked: true },
    })
  for (let midnight = since; midnight < until; midnight += DAY_MS) {
    const eight = almatyHour(midnight, 20)
    const stream = random.chance(STREAMS)
    if (stream) add('livestream', eight)
    if (random.chance(MATCHES)) add('football', almatyHour(midnight, 16))
    if (!stream || !random.chance(FOLLOWED)) continue
    const start = eight + Math.round(random.between(5, 25)) * MINUTE_MS
    incidents.push({
      id: `youtube-as${asn}-${day(start)}`,
      service: 'youtube',
      network: `AS${asn}`,
      state: 'restricted',
      start: {
        median_utc: utc(start),
        lo95_utc: utc(start - 6 * MINUTE_MS),
        hi95_utc: utc(start + 6 * MINUTE_MS),
      },
      end: { median_utc: utc(start + 120 * MINUTE_MS) },
      cause: { word: 'blocking' },
    })
  }
  const primary: StreamsQuestion = {
    id: 'streams',
    label: words(
      'Тікелей эфирлер мен YouTube (модельденген)',
      'Прямые эфиры и YouTube (смоделировано)',
      'Livestreams and YouTube (simulated)',
    ),
    kinds: ['livestream'],
    services: ['youtube'],
    networks: [],
  }
  return {
    events,
    incidents,
    plan: {
      period: { since: day(since), until: day(until - DAY_MS) },
      primary,
      secondary: [
        {
          ...primary,
          id: 'streams-facebook',
          label: words(
            'Тікелей эфирлер мен Facebook (модельденген)',
            'Прямые эфиры и Facebook (смоделировано)',
            'Livestreams and Facebook (simulated)',
          ),
          services: ['facebook'],
        },
      ],
      negativeControls: [
        {
          ...primary,
          id: 'football',
          label: words(
            'Футбол және YouTube (модельденген)',
            'Футбол и YouTube (смоделировано)',
            'Football and YouTube (simulated)',
          ),
          kinds: ['football'],
        },
      ],
    },
  }
}
