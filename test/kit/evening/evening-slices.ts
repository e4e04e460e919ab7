import { simulateHistory, type HistoryOptions } from '../../../lab/history/simulate.ts'
import { DAY_MS } from '../../../src/core/model/duration.ts'

/** The article's evening on yesterday's date: the detector says "goes on" only of what was measured within two days. */
export interface EveningSlices {
  /** Midnight of the day, UTC. */
  readonly since: number
  /** Truth: start and end of the restriction (lab/history/article.ts). */
  readonly start: number
  readonly end: number
  /** Networks that it touches. */
  readonly asns: readonly number[]
  /** JSON lines of the measurements of all networks, or of one, that began in a span; milliseconds since 1970. */
  between(from: number, until: number, asn?: number): string
}

/** Simulates the day and cuts it by time; `now` is milliseconds since 1970. Throws where the story has no evening. */
export function sliceEvening(
  now: number,
  size: Pick<HistoryOptions, 'networks' | 'probesPerNetwork' | 'services'> & { readonly seed?: number },
): EveningSlices {
  const since = Math.floor(now / DAY_MS) * DAY_MS - DAY_MS
  const history = simulateHistory({
    seed: 11,
    ...size,
    since,
    days: 1,
    intervalMinutes: 15,
    story: 'article-evening',
    pairs: true,
  })
  if (history.article === undefined) throw new Error('Cannot cut the evening: the history has none')
  const made = [...history.measurements()].map(({ line, label }) => ({
    line,
    asn: label.asn,
    at: Date.parse(label.started_at_utc),
  }))
  return {
    since,
    start: history.article.start,
    end: history.article.end,
    asns: history.article.asns,
    between: (from, until, asn) =>
      made
        .filter((one) => one.at >= from && one.at < until && (asn === undefined || one.asn === asn))
        .map(({ line }) => `${line}\n`)
        .join(''),
  }
}
