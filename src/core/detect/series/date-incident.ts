import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { Alarm, CurvePoint, DetectedIncident, Gap, IncidentState } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'
import { bracketsOf, edgeOf, medianOf, widened, type Brackets, type Path } from './edges.ts'
import { countEvidence, type CountedSeries, type EvidenceCounts } from './evidence-count.ts'
import { filterForward, type Filtered, type ChainRun } from '../chain/filter.ts'
import { restsOnOneDevice, runWithout, touching, type PointStretch, type WithoutOne } from './one-device.ts'
import { longestGaps } from './gaps.ts'
import { createRandom } from '../chain/random.ts'
import { samplePaths, type PathDraws } from '../chain/sample.ts'
import type { DetectOptions } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { openWindow, smooth, smoothWindow, type Smoothed, type SmoothWindow } from '../chain/smooth.ts'
import type { Bridged, IncidentSpan } from './spans.ts'
import type { Chain } from '../chain/transition.ts'
import { likeliestPath } from '../chain/viterbi.ts'

/** One series with both passes over it. */
export interface Analysed extends CountedSeries {
  readonly run: ChainRun
  readonly filtered: Filtered
  readonly smoothed: Smoothed
  readonly settings: DetectSettings
  /** The chain whose rates know no hour of the day. */
  readonly flat: Chain
  readonly gaps: readonly Gap[]
  readonly alarms: readonly Alarm[]
  /** Which times without measurements an incident may continue over. */
  readonly bridged: Bridged
  readonly opine: DetectOptions['opine'] | undefined
}

const MARGIN = 2 * HOUR_MS
const MOST_CURVE = 400
/** Steps of all draws together; longer windows are drawn less often, never below the least. */
const MOST_STEPS = 4_000_000
const LEAST_DRAWS = 500
/** Draws for the second median, under flat rates. */
const FLAT_DRAWS = 500
/** Draws beyond each bound of a 95 % interval. */
const TAIL = 0.025
/** At most this share of exchanges passes where a service is called restricted. */
const LEAKING = 0.15

/** What is known in addition to the series of an incident. */
export interface DateOptions {
  /** γ around it without each device. */
  readonly without: readonly WithoutOne[]
  /** The series whose devices and readings are reported, and its points, if one device is left out of `series`. */
  readonly told?: { readonly series: CountedSeries; readonly core: PointStretch }
}

/** Gives the incident of a span: its edges, what stands behind it, its curve. */
export function dateIncident(series: Analysed, span: IncidentSpan, { without, told }: DateOptions): DetectedIncident {
  const { run, points, settings } = series
  const core = [span.from, span.to] as const
  const frame = openWindow(run, series, [span.windowFrom, span.windowTo])
  const seed = seedOf(settings.seed, points.at[span.from]!) // a span lies within the points
  const counts = countEvidence(told?.series ?? series, told?.core ?? core, seed)
  const { witnesses } = told === undefined ? counts : countEvidence(series, core, seed)
  const count = frame.to - frame.from + 1
  const draws = Math.min(settings.draws, Math.max(LEAST_DRAWS, Math.floor(MOST_STEPS / count)))
  const drawn = cutDraws(samplePaths(run, frame, { core, draws, random: createRandom(seed) }), points.at, span)
  const flat = flatDraws(series, frame, { core, seed })
  const bracket = cutBrackets(bracketsOf(series, pathOf(run, frame), core), span.cut)
  const { staggerMinutes } = settings
  const enough = witnesses > settings.floorProbes && !restsOnOneDevice(points, without, core)
  // Of rows without devices a part that fails may be one device: which part of the rows is its own is not known.
  const rowsAgree = settings.rowsNotDevices !== true || counts.share.value >= MOST_ROWS
  const tight = settings.noLeakAtEdges === true && leakWithin(series, core, bracket) <= RARE_LEAK
  const named = settings.rowsNotDevices === true ? [] : farthestWithout(series, core, without)
  const others = named.map((one) => drawWithout(series, one, { seed, span }))
  const edges = (side: 'start' | 'end') => {
    const common = { staggerMinutes, outer: tight ? side : undefined }
    return widened(
      edgeOf(drawn[side], { bracket: bracket[side], flat: medianOf(flat[side]), tail: TAIL, ...common }),
      others.map((one) =>
        edgeOf(one.draws[side], {
          bracket: one.bracket[side],
          flat: Number.NaN,
          tail: settings.tailWithout ?? TAIL,
          ...common,
        }),
      ),
      side,
    )
  }
  const end = edges('end')
  const { opine } = series
  const about = { from: instant(points.at[frame.from]!), until: instant(points.at[frame.to]!) } // within the points
  const alarm = alarmOf(series.alarms, points.at[span.from]!, points.at[span.to]!)
  return {
    state: enough && rowsAgree ? stateOf(counts) : 'insufficient',
    running: end.running && !span.cut.end,
    start: edges('start').edge,
    end: end.edge,
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
  (Math.imul(seed ^ Math.floor(ms / MINUTE_MS), 0x9e37_79b1) ^ seed) >>> 0

/** Share of rows that must fail where no device is named. */
const MOST_ROWS = 0.75
/** Share of bursts that pass between the first failure and the last, as expected from those seen (Jeffreys' prior). */
function leakWithin({ points, bursts }: CountedSeries, [from, to]: PointStretch, { start, end }: Brackets): number {
  const [, first = Infinity] = start
  const [last = -Infinity] = end
  let all = 0
  let failed = 0
  for (let k = from; k <= to; k++) {
    const burst = points.burst[k]! // within the points
    const told = burst >= 0 && points.at[k]! >= first && points.at[k]! <= last
    if (!told || bursts.failed[burst]! + bursts.passed[burst]! === 0) continue // one for each burst, here and below
    all++
    if (bursts.failed[burst]! > 0) failed++
  }
  return (all - failed + 0.5) / (all + 1)
}
/** Where no more than this is expected to pass, what passed next to the incident was outside it. */
const RARE_LEAK = 0.05

function stateOf(counts: EvidenceCounts): IncidentState {
  if (counts.slow > 0.5) return 'throttled'
  return 1 - counts.share.value <= LEAKING ? 'restricted' : 'partly-restricted'
}

/** γ without one device over a stretch, and its run of γ ≥ ½ that touches the incident's. */
interface Touching {
  readonly one: WithoutOne
  readonly core: PointStretch
}

/**
 * Of the devices those without which an incident is longest and shortest before and after its middle: without any other one
 * its ends lie between. Without a device of which nothing remains it has no ends.
 */
function farthestWithout(
  { points }: Analysed,
  core: PointStretch,
  without: readonly WithoutOne[],
): readonly Touching[] {
  const all = without.flatMap((one) => {
    const run = touching(one, core)
    return run === undefined ? [] : [{ one, core: run }]
  })
  const middle = Math.floor((core[0] + core[1]) / 2)
  /** Time restricted on one side of the middle. */
  const lasts = ({ from, restricted }: WithoutOne, side: -1 | 1): number => {
    let sum = 0
    for (let k = 1; k < restricted.length; k++)
      if (from + k <= middle === side < 0)
        sum += ((restricted[k]! + restricted[k - 1]!) / 2) * (points.at[from + k]! - points.at[from + k - 1]!) // k < length
    return sum
  }
  const chosen = new Set<Touching>()
  for (const side of [-1, 1] as const) {
    const sorted = all.toSorted((a, b) => lasts(a.one, side) - lasts(b.one, side) || a.one.device - b.one.device)
    for (const found of [sorted[0], sorted.at(-1)]) if (found !== undefined) chosen.add(found)
  }
  return [...chosen]
}

/** Restricted or open at the points of a window, by the most probable path. */
const pathOf = (run: ChainRun, frame: SmoothWindow): Path => ({
  from: frame.from,
  restricted: likeliestPath(run, frame).map((state) => run.chain.restricted[state]!), // states of the chain
})

/** What is beyond a time without measurements, on the side on which an incident was cut, is not known: beyond the series. */
function cutDraws(drawn: PathDraws, at: Float64Array, { from, to, cut }: IncidentSpan): PathDraws {
  const first = at[from]! // within the points, here and below
  const last = at[to]!
  return {
    ...drawn,
    start: cut.start ? drawn.start.map((value) => (value <= first ? -Infinity : value)) : drawn.start,
    end: cut.end ? drawn.end.map((value) => (value >= last ? Infinity : value)) : drawn.end,
  }
}

const cutBrackets = ({ start, end }: Brackets, cut: IncidentSpan['cut']): Brackets => ({
  start: cut.start ? [undefined, start[1]] : start,
  end: cut.end ? [end[0], undefined] : end,
})

/** Draws and brackets of an incident as it is without one device. */
function drawWithout(
  series: Analysed,
  { one, core }: Touching,
  { seed, span }: { readonly seed: number; readonly span: IncidentSpan },
): { readonly draws: PathDraws; readonly bracket: Brackets } {
  const { run, bursts } = series
  const last = one.restricted.length - 1
  const without = runWithout(run, bursts, { device: one.device, stretch: [one.from, one.from + last] })
  const filtered = filterForward(without)
  const frame = openWindow(without, { filtered, smoothed: smooth(without, filtered) }, [0, last])
  const local = [core[0] - one.from, core[1] - one.from] as const
  const drawn = samplePaths(without, frame, { core: local, draws: LEAST_DRAWS, random: createRandom(seed + 2) })
  // Only what reaches over the ends of the whole series is open.
  const { at, size } = run.points
  const first = one.from > 0 ? at[one.from]! : -Infinity // within the points, here and below
  const end = one.from + last < size - 1 ? at[one.from + last]! : Infinity
  const draws = {
    ...drawn,
    start: drawn.start.map((value) => (value === -Infinity ? first : value)),
    end: drawn.end.map((value) => (value === Infinity ? end : value)),
  }
  const bracket = bracketsOf({ points: without.points, bursts }, pathOf(without, frame), local)
  return { draws: cutDraws(draws, at, span), bracket: cutBrackets(bracket, span.cut) }
}

/**
 * Most likely number of restrictions in the window, and the share of draws with exactly one; draws without any left
 * out.
 */
function episodesOf({ start, runs }: PathDraws): { readonly episodes: number; readonly pOneEpisode: number } {
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
  frame: SmoothWindow,
  { core, seed }: { core: readonly [number, number]; seed: number },
): PathDraws {
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
function curveOf({ points, smoothed }: Analysed, { windowFrom, windowTo }: IncidentSpan): readonly CurvePoint[] {
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
