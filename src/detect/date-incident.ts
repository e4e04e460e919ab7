import type { Alarm, CurvePoint, DetectedIncident, Gap, IncidentState } from '../model/incident.ts'
import { instant } from '../model/units.ts'
import { bracketsOf, edgeOf, medianOf } from './edges.ts'
import { countEvidence, type CountedSeries, type Counts } from './evidence-count.ts'
import type { Filtered, Run } from './filter.ts'
import { restsOnOneDevice } from './one-device.ts'
import { longestGaps } from './gaps.ts'
import { createRandom } from './random.ts'
import { samplePaths, type Draws } from './sample.ts'
import type { DetectOptions } from './series-result.ts'
import type { DetectSettings } from './settings.ts'
import { openWindow, smoothWindow, type Smoothed, type Window } from './smooth.ts'
import type { Span } from './spans.ts'
import type { Chain } from './transition.ts'
import { likeliestPath } from './viterbi.ts'

/** One series with both passes over it. */
export interface Analysed extends CountedSeries {
  readonly run: Run
  readonly filtered: Filtered
  readonly smoothed: Smoothed
  readonly settings: DetectSettings
  /** The chain whose rates know no hour of the day. */
  readonly flat: Chain
  readonly gaps: readonly Gap[]
  readonly alarms: readonly Alarm[]
  readonly opine: DetectOptions['opine'] | undefined
}

const MARGIN = 2 * 3_600_000
const MOST_CURVE = 400
/** Steps of all draws together; longer windows are drawn less often, never below the least. */
const MOST_STEPS = 4_000_000
const LEAST_DRAWS = 500
/** Draws for the second median, under flat rates. */
const FLAT_DRAWS = 500
/** At most this share of exchanges passes where a service is called restricted. */
const LEAKING = 0.15

/** Gives the incident of a span: its edges, what stands behind it, its curve. */
export function dateIncident(series: Analysed, span: Span): DetectedIncident {
  const { run, points, settings } = series
  const core = [span.from, span.to] as const
  const frame = openWindow(run, series, [span.windowFrom, span.windowTo])
  const seed = seedOf(settings.seed, points.at[span.from]!) // a span lies within the points
  const counts = countEvidence(series, core, seed)
  const count = frame.to - frame.from + 1
  const draws = Math.min(settings.draws, Math.max(LEAST_DRAWS, Math.floor(MOST_STEPS / count)))
  const drawn = samplePaths(run, frame, { core, draws, random: createRandom(seed) })
  const flat = flatDraws(series, frame, { core, seed })
  const states = likeliestPath(run, frame)
  const bracket = bracketsOf(
    series,
    { from: frame.from, restricted: states.map((state) => run.chain.restricted[state]!) }, // points of the frame
    core,
  ) // states of the chain
  const { staggerMinutes } = settings
  const end = edgeOf(drawn.end, { bracket: bracket.end, flat: medianOf(flat.end), staggerMinutes })
  const { opine } = series
  const about = { from: instant(points.at[frame.from]!), until: instant(points.at[frame.to]!) } // within the points
  const alarm = alarmOf(series.alarms, points.at[span.from]!, points.at[span.to]!)
  return {
    state: stateOf(counts, { settings, alone: () => restsOnOneDevice(run, series.bursts, { frame, core }) }),
    running: end.kind === 'open',
    start: edgeOf(drawn.start, { bracket: bracket.start, flat: medianOf(flat.start), staggerMinutes }),
    end,
    ...episodesOf(drawn),
    ...(counts.mechanism === undefined ? {} : { mechanism: counts.mechanism }),
    probes: counts.probes,
    probesFailed: counts.probesFailed,
    readings: counts.readings,
    bursts: counts.bursts,
    burstsFailed: counts.burstsFailed,
    share: counts.share,
    peak: span.peak,
    curve: curveOf(series, span),
    gaps: longestGaps(series.gaps, about),
    ...(alarm === undefined ? {} : { alarm }),
    opinions: opine === undefined ? [] : opine(series.columns, about),
    seed,
  }
}

/** A seed of its own for every incident, by when it began: another incident earlier in the series does not change it. */
const seedOf = (seed: number, ms: number): number =>
  (Math.imul(seed ^ Math.floor(ms / 60_000), 0x9e37_79b1) ^ seed) >>> 0

function stateOf(
  counts: Counts,
  { settings, alone }: { settings: DetectSettings; alone: () => boolean },
): IncidentState {
  if (!counts.artefact && (counts.witnesses < settings.floorProbes || alone())) return 'insufficient'
  if (counts.slow > 0.5) return 'throttled'
  return 1 - counts.share.value <= LEAKING ? 'restricted' : 'partly-restricted'
}

/** Likeliest number of restrictions in the window, and the share of draws with exactly one; draws without any left out. */
function episodesOf({ start, runs }: Draws): { readonly episodes: number; readonly pOneEpisode: number } {
  const seen = new Map<number, number>()
  let all = 0
  for (let draw = 0; draw < runs.length; draw++) {
    if (Number.isNaN(start[draw]!)) continue // one for each draw
    all++
    seen.set(runs[draw]!, (seen.get(runs[draw]!) ?? 0) + 1)
  }
  const commonest = [...seen].toSorted(([a, n], [b, m]) => m - n || a - b)[0]
  return { episodes: commonest?.[0] ?? 1, pOneEpisode: all === 0 ? 0 : (seen.get(1) ?? 0) / all }
}

/** Draws of the same window under rates that know no hour of the day. */
function flatDraws(
  series: Analysed,
  frame: Window,
  { core, seed }: { core: readonly [number, number]; seed: number },
): Draws {
  const run = { ...series.run, chain: series.flat }
  const again = smoothWindow(run, frame)
  return samplePaths(run, again, {
    core,
    draws: Math.min(FLAT_DRAWS, series.settings.draws),
    random: createRandom(seed + 1),
  })
}

/** The alarm of an incident: the first that met the floor and was up during it, else the first that was up. */
function alarmOf(alarms: readonly Alarm[], from: number, to: number): Alarm | undefined {
  const during = alarms.filter(({ raisedAt, clearedAt }) => raisedAt <= to + MARGIN && (clearedAt ?? Infinity) >= from)
  return during.find(({ floorMet }) => floorMet) ?? during[0]
}

/** γ over the window and two hours on each side; where there are too many points, those that differ most from a line stay. */
function curveOf({ points, smoothed }: Analysed, { windowFrom, windowTo }: Span): readonly CurvePoint[] {
  let from = windowFrom
  while (from > 0 && points.at[windowFrom]! - points.at[from - 1]! <= MARGIN) from-- // within the points, here and below
  let to = windowTo
  while (to < points.size - 1 && points.at[to + 1]! - points.at[windowTo]! <= MARGIN) to++
  const count = to - from + 1
  const buckets = Math.min(count, MOST_CURVE / 2)
  const chosen = new Set<number>()
  for (let bucket = 0; bucket < buckets; bucket++) {
    const first = from + Math.floor((bucket * count) / buckets)
    const last = from + Math.floor(((bucket + 1) * count) / buckets) - 1
    let low = first
    let high = first
    for (let k = first; k <= last; k++) {
      if (smoothed.restricted[k]! < smoothed.restricted[low]!) low = k // points of the frame
      if (smoothed.restricted[k]! > smoothed.restricted[high]!) high = k
    }
    chosen.add(low).add(high)
  }
  return [...chosen].toSorted((a, b) => a - b).map((k) => ({ at: instant(points.at[k]!), p: smoothed.restricted[k]! })) // points of the frame
}
