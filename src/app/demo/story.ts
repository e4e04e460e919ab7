import type { HistoryOptions } from '../../../lab/history/simulate.ts'
import { TARGETS } from '../../../lab/history/world.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'

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
/**
 * The days after it, up to now and then on while the demonstration is open (lab/history/living.ts). A device measures
 * every half hour: 50 MB a day on the disk, for a while up to 140. Before the last twelve hours of a part it measures as in the month: the time
 * in which the demonstration was not open is quickly made.
 */
const LIVING = { ...EVENING, seed: 3, intervalMinutes: 30, story: 'living', since: Date.UTC(2026, 0, 1) } as const
const CLOSE_MS = 12 * HOUR_MS
/** What is measured in the last half hour comes after the incidents were published: they are revised, as live ones are. */
const REVISED_MS = 30 * MINUTE_MS
/** A run lasts up to three minutes and is there when it has ended. */
const RUN_MS = 4 * MINUTE_MS
/** So long a demonstration lives after its month: its folder grows by 2 GB at most. */
const MOST_LIVED_MS = 14 * DAY_MS

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

/** What a demonstration covers: milliseconds since 1970. */
export interface DemoSpan {
  /** First day and number of days. */
  readonly since: number
  readonly days: number
  /** Up to when it is simulated. */
  readonly until: number
}

/** On less than three days there is only the article's evening, last. */
const eveningsOf = (days: number): 1 | 2 => (days < 3 ? 1 : 2)
const lastDay = ({ since, days }: Omit<DemoSpan, 'until'>): number => since + (days - 1) * DAY_MS

/** A number of days of which today is the last, as far as it has come. Of less than three days yesterday is. */
export function spanUntil(now: number, days: number): DemoSpan {
  const until = now - RUN_MS
  const today = Math.floor(until / DAY_MS) * DAY_MS
  return eveningsOf(days) === 1
    ? { since: today - days * DAY_MS, days, until: today }
    : { since: today - (days - 1) * DAY_MS, days, until }
}

/** Up to when a folder is simulated that was made when evenings still ended at 21:10 in Almaty. */
export const untilOf = (span: Omit<DemoSpan, 'until'>): number =>
  eveningsOf(span.days) === 1 ? lastDay(span) + DAY_MS : lastDay(span) + 16 * HOUR_MS + 10 * MINUTE_MS

/**
 * Up to when time has come in a demonstration that covers a span: to now, as far as runs have ended, and no further than
 * it lives.
 */
export const livedUntil = (span: Omit<DemoSpan, 'until'>, now: number): number =>
  Math.min(now - RUN_MS, lastDay(span) + DAY_MS + MOST_LIVED_MS)

/** Whether the time of a demonstration has come to its end. */
export const hasEnded = (span: DemoSpan): boolean => span.until >= lastDay(span) + DAY_MS + MOST_LIVED_MS

/** A history of a part of the living days. */
export interface LivingPart extends HistoryOptions {
  readonly from: number
  readonly until: number
}

/** The time between two instants as histories of one kind each: first as in the month, then closely. */
export function livingParts(from: number, until: number): readonly LivingPart[] {
  const close = Math.max(from, until - CLOSE_MS)
  const days = Math.ceil((until - LIVING.since) / DAY_MS) + 1
  const sparse = { ...LIVING, days, intervalMinutes: MONTH.intervalMinutes, pairs: false, from, until: close }
  const parts = [sparse, { ...LIVING, days, from: close, until }]
  return parts.filter((part) => part.from < part.until)
}

/** Networks whose people are simulated while a demonstration lives. */
export const LIVING_STORY = { seed: LIVING.seed, networks: LIVING.networks, probesPerNetwork: LIVING.probesPerNetwork }

/**
 * The month, the article's evening on its last day but one, and the last day as far as it has come; of less than three
 * days only the evening, last.
 */
export function historiesOf({ since, days, until }: DemoSpan): readonly DemoPart[] {
  const evenings = eveningsOf(days)
  const eveningOn = since + (days - evenings) * DAY_MS
  const midnight = eveningOn + DAY_MS
  const published = Math.max(midnight, until - REVISED_MS)
  const tonight =
    evenings === 1
      ? []
      : [
          ...livingParts(midnight, published).map((options, at) => ({ name: `simulated-today-${at}`, options })),
          ...livingParts(published, until).map((options) => ({ name: 'simulated-later', options })),
        ]
  const histories: readonly Pick<DemoPart, 'name' | 'options'>[] = [
    ...(days > evenings ? [{ name: 'simulated', options: { ...MONTH, since, days: days - evenings } }] : []),
    { name: EVENING_FOLDER, options: { ...EVENING, since: eveningOn, days: 1 } },
    ...tonight,
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
