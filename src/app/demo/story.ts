import type { HistoryOptions } from '../../../lab/history/simulate.ts'
import { TARGETS } from '../../../lab/history/world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { systemClock } from '../../runtime/clock.ts'

/** The month except its last two days. Pairs would make it half as large again and show no further incident. */
const MONTH = {
  seed: 1,
  networks: 6,
  probesPerNetwork: 4,
  intervalMinutes: 120,
  services: [...new Set(TARGETS.map(({ service }) => service)), 'tiktok'],
} as const
/** The last day but one, measured closely enough to date what happens on its evening (lab/history/article.ts). */
const EVENING = {
  seed: 2,
  networks: 5,
  probesPerNetwork: 4,
  intervalMinutes: 15,
  story: 'article-evening',
  pairs: true,
  services: [
    'youtube',
    'whatsapp',
    'instagram',
    'telegram',
    'tiktok',
    'facebook',
    'messenger',
    'twitter',
    'signal',
    'wikipedia',
    'google',
  ],
} as const
/** The evening after it, cut off while its restrictions are in progress, at 21:10 in Almaty: what the first screen is for. */
const TONIGHT = { ...EVENING, seed: 3 } as const
const TONIGHT_ENDS = 16 * HOUR_MS + 10 * MINUTE_MS
/** Measurements from 20:45 in Almaty come after its incidents were published: they are revised, as live ones are. */
const REVISED_FROM = 15 * HOUR_MS + 45 * MINUTE_MS

/** Folder of the evening whose invented record the pages show. */
export const EVENING_FOLDER = 'simulated-evening'

/** A history of the demonstration and the folder in which it is made. */
export interface DemoPart {
  readonly name: string
  readonly options: HistoryOptions
  /** Share of the work of all parts. */
  readonly share: number
  /** Incidents are found and published when it is loaded. */
  readonly detected: boolean
}

/** First of a number of days that end with yesterday, UTC. */
export const firstDay = (days: number): number => Math.floor(systemClock.now() / DAY_MS) * DAY_MS - days * DAY_MS

/** First day, milliseconds since 1970, and number of days. */
export interface DemoSpan {
  readonly since: number
  readonly days: number
}

/**
 * The month, the article's evening on its last day but one, and an evening in progress; of less than three days only the
 * evening, last.
 */
export function historiesOf({ since, days }: DemoSpan): readonly DemoPart[] {
  const evenings = days < 3 ? 1 : 2
  const eveningOn = since + (days - evenings) * DAY_MS
  const last = eveningOn + DAY_MS
  const tonight = { ...TONIGHT, since: last, days: 1 }
  const histories: readonly Pick<DemoPart, 'name' | 'options'>[] = [
    ...(days > evenings ? [{ name: 'simulated', options: { ...MONTH, since, days: days - evenings } }] : []),
    { name: EVENING_FOLDER, options: { ...EVENING, since: eveningOn, days: 1 } },
    ...(evenings === 1
      ? []
      : [
          { name: 'simulated-tonight', options: { ...tonight, until: last + REVISED_FROM } },
          { name: 'simulated-later', options: { ...tonight, from: last + REVISED_FROM, until: last + TONIGHT_ENDS } },
        ]),
  ]
  const all = histories.reduce((sum, { options }) => sum + expected(options), 0)
  return histories.map((history, at) => ({
    ...history,
    share: expected(history.options) / all,
    detected: at >= histories.length - 2,
  }))
}

/** Measurements of a history, about: so many in a run, with pairs of names or without. */
function expected({ since, from = since, days, until = since + days * DAY_MS, pairs, ...of }: HistoryOptions): number {
  const runs = (of.networks * of.probesPerNetwork * (until - from)) / (of.intervalMinutes * MINUTE_MS)
  return runs * (pairs === true ? 8 : 5)
}
