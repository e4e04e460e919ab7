import type { DetectedIncident, Gap } from '../../model/incident/incident.ts'
import type { Mechanism } from '../../model/measured/mechanism.ts'
import { instant } from '../../model/units.ts'
import { lowerBound, type Columns } from '../chain/columns.ts'
import { longestGaps } from './gaps.ts'
import type { DetectOptions } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { wilson } from '../../model/measured/wilson.ts'
import type { Throttling } from './throttle.ts'

/** What a slowness needs around it to become an incident. */
export interface ThrottledSeries {
  /** With slow readings marked. */
  readonly columns: Columns
  readonly settings: DetectSettings
  readonly gaps: readonly Gap[]
  readonly opine: DetectOptions['opine'] | undefined
}

/** From when to when, as far as one instant each can say it; a running one has no end. */
export interface ThrottledSpan {
  readonly from: number
  readonly until: number
}

/** What a pair shows that differs in the name alone, and in time alone. */
export const THROTTLE_MECHANISM = 'tls.throttle.sni' satisfies Mechanism

/** The medians of an incident or a slowness. */
export function spanOf({ start, end, running }: Pick<DetectedIncident, 'start' | 'end' | 'running'>): ThrottledSpan {
  const from = start.median ?? start.bracket[1] ?? start.bracket[0] ?? 0
  const until = running ? Infinity : (end.median ?? end.bracket[0] ?? end.bracket[1] ?? Infinity)
  return { from, until: Math.max(from, until) }
}

/**
 * A slowness as an incident of its own. Its bursts are rounds of pairs, those that failed are the slow ones; its curve is
 * P(the slowness holds). One step up and one down are looked for, so that its number of episodes is one by the method.
 * `insufficient` where too few probes were slow between the dated ends without some one of them, or
 * the rule finds nothing without some one.
 */
export function throttledIncident(found: Throttling, series: ThrottledSeries): DetectedIncident {
  const { columns, settings, gaps, opine } = series
  const { from, until } = spanOf(found)
  const [first, end] = [lowerBound(columns.at, from), lowerBound(columns.at, until + 1)]
  const measured = new Set<number>()
  for (let k = first; k < end; k++)
    if (columns.probe[k]! >= 0 && Number.isFinite(columns.lnRatio[k]!)) measured.add(columns.probe[k]!) // inside the columns
  const [lo95, hi95] = wilson(found.roundsSlow, found.rounds)
  const about = { from: instant(from), until: instant(Math.min(until, columns.at[columns.size - 1] ?? until)) }
  return {
    state: found.restsOnOne || found.probes <= settings.floorProbes ? 'insufficient' : 'throttled',
    running: found.running,
    start: found.start,
    end: found.end,
    episodes: 1,
    pOneEpisode: 1,
    mechanism: THROTTLE_MECHANISM,
    probes: Math.max(measured.size, found.probes),
    probesFailed: found.probes,
    readings: end - first,
    bursts: found.rounds,
    burstsFailed: found.roundsSlow,
    share: { value: found.rounds === 0 ? 0 : found.roundsSlow / found.rounds, lo95, hi95 },
    peak: found.curve.reduce((most, { p }) => Math.max(most, p), 0),
    slowdown: found.ratio,
    curve: found.curve,
    gaps: longestGaps(gaps, about),
    alarm: { raisedAt: found.raisedAt, floorMet: true },
    opinions: opine === undefined ? [] : opine(columns, about),
    seed: settings.seed,
  }
}
