import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/model/duration.ts'
import type { Alarm, DetectedIncident, Edge } from '../../src/core/model/incident/incident.ts'
import type { Reading } from '../../src/core/model/measured/reading.ts'
import type { Part, Simulated } from './simulate.ts'

const INTERVAL_MS = 900_000

/** Whether an interval held the truth, and its width in minutes. Absent: the series does not reach over that edge. */
export interface EdgeScore {
  readonly in95: boolean
  readonly in50: boolean
  /** Minutes by which the truth lies outside the 95 % interval; 0 inside, infinite where the interval is open. */
  readonly outside: number
  readonly width95: number
  /** Median minus truth, minutes. */
  readonly error: number
}

/** A true restriction and what was said of it. */
export interface BlockScore {
  /** Hours of it within the series. */
  readonly hours: number
  /** Devices with at least one informative reading inside; those among them that failed. */
  readonly seen: number
  readonly failed: number
  readonly probes: number
  readonly part: Part
  readonly throttled: boolean
  readonly long: boolean
  /** Incidents that overlap it, and the greatest strength among those of any peak and state; −∞: none. */
  readonly hits: number
  readonly strength: number
  /** Overlap over union with the best of them. */
  readonly match: number
  /** From the true onset to the first alarm within it, in quarters of an hour; null: never. */
  readonly delay: number | null
  readonly alarms: number
  readonly start?: EdgeScore
  readonly end?: EdgeScore
  readonly pOneEpisode?: number
}

/** What the detector said of one series against the truth. */
export interface SeriesScore {
  readonly seed: number
  readonly years: number
  readonly quiet: boolean
  readonly forged: boolean
  readonly readings: number
  readonly blocks: readonly BlockScore[]
  /** Incidents that overlap no restriction. */
  readonly falseIncidents: readonly FalseIncident[]
  /** Strengths of those and of the incidents below the least peak or the floor that overlap none. */
  readonly falseStrengths: readonly number[]
  readonly falseAlarms: number
  /** Sum of (P(restricted) − truth)² over the points of the curves, and their number. */
  readonly brier: { readonly sum: number; readonly points: number }
}

export interface FalseIncident {
  readonly at: number
  readonly hours: number
  readonly peak: number
  readonly probesFailed: number
  readonly burstsFailed: number
  readonly share: number
}

/** What is scored: every incident that reaches a peak of .5, and every live alarm whose evidence met the floor. */
export interface Said {
  readonly incidents: readonly DetectedIncident[]
  readonly alarms: readonly Alarm[]
}

interface Span {
  readonly from: number
  readonly until: number
}

/** Added to the strength of what the evidence floor holds back: it comes after everything the floor lets through. */
const BELOW_FLOOR = -100

/**
 * How sure an incident is, for a sweep over thresholds: −log10(1 − peak), to the last bit of a double, and among equal
 * peaks the number of failed bursts. The setting `peak` is a threshold on its first part; below all peaks the sweep
 * goes on without the floor.
 */
export const strengthOf = ({ peak, burstsFailed, state }: DetectedIncident): number =>
  -Math.log10(Math.max(1e-16, 1 - peak)) +
  Math.min(burstsFailed, 1e5) / 1e6 +
  (state === 'insufficient' ? BELOW_FLOOR : 0)

const overlaps = (a: Span, b: Span): boolean => a.from < b.until && a.until > b.from

const match = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.until, b.until) - Math.max(a.from, b.from)) /
  (Math.max(a.until, b.until) - Math.min(a.from, b.from))

/** From the median of the start to the median of the end; an open side reaches to the edge of the series and beyond. */
const spanOf = ({ start, end }: DetectedIncident): Span => ({
  from: start.median ?? -Infinity,
  until: end.median ?? Infinity,
})

/** A reading from which something can be learnt about the target, of a device that is not forged. */
const informative = ({ probe, target, control }: Reading): boolean =>
  probe.startsWith('p') && target !== 'none' && !(target === 'fail' && control === 'fail')

/**
 * Scores one series at the least `peak` given. A restriction is found where an incident with enough evidence
 * (state not `insufficient`) overlaps it; an incident that overlaps none is false.
 */
export function scoreSeries(
  { readings, truth }: Simulated,
  said: Said,
  { seed, peak }: { seed: number; peak: number },
): SeriesScore {
  const incidents = said.incidents.filter((incident) => incident.state !== 'insufficient' && incident.peak >= peak)
  const rung = said.alarms.filter(({ floorMet }) => floorMet)
  const first = readings[0]?.at ?? truth.until
  const last = readings.at(-1)?.at ?? truth.from
  const told = readings.filter(informative)
  const blocks = truth.blocks.map((block): BlockScore => {
    const inside = slice(told, block)
    const hits = incidents.filter((incident) => overlaps(spanOf(incident), block))
    const best = hits.toSorted((a, b) => match(spanOf(b), block) - match(spanOf(a), block))[0]
    const alarms = rung.filter(
      ({ raisedAt, clearedAt }) => raisedAt < block.until && (clearedAt ?? Infinity) > block.from,
    )
    const raised = Math.min(...alarms.map(({ raisedAt }) => raisedAt))
    const { probes, part, throttled } = truth
    return {
      hours: (Math.min(block.until, truth.until) - Math.max(block.from, truth.from)) / HOUR_MS,
      seen: distinct(inside),
      failed: distinct(inside.filter(({ target }) => target !== 'ok')),
      probes,
      part,
      throttled,
      long: block.long,
      hits: hits.length,
      strength: Math.max(
        -Infinity,
        ...said.incidents.filter((incident) => overlaps(spanOf(incident), block)).map(strengthOf),
      ),
      match: best === undefined ? 0 : match(spanOf(best), block),
      delay: alarms.length === 0 ? null : Math.max(0, raised - block.from) / INTERVAL_MS,
      alarms: alarms.length,
      ...(best === undefined ? {} : { pOneEpisode: best.pOneEpisode }),
      ...(best !== undefined && block.from > first ? { start: scoreEdge(best.start, block.from) } : {}),
      ...(best !== undefined && block.until < last ? { end: scoreEdge(best.end, block.until) } : {}),
    }
  })
  const quietAt = (span: Span): boolean => !truth.blocks.some((block) => overlaps(span, block))
  return {
    seed,
    years: (truth.until - truth.from) / (365.25 * DAY_MS),
    quiet: truth.blocks.length === 0,
    forged: truth.forged,
    readings: readings.length,
    blocks,
    falseIncidents: incidents.filter((incident) => quietAt(spanOf(incident))).map(falseIncident),
    falseStrengths: said.incidents.filter((incident) => quietAt(spanOf(incident))).map(strengthOf),
    falseAlarms: rung.filter(({ raisedAt, clearedAt }) => quietAt({ from: raisedAt, until: clearedAt ?? Infinity }))
      .length,
    brier: brierOf(incidents, truth.blocks),
  }
}

const distinct = (readings: readonly Reading[]): number => new Set(readings.map(({ probe }) => probe)).size

/** Readings with `from ≤ at < until`, found by halving. */
function slice(readings: readonly Reading[], { from, until }: Span): readonly Reading[] {
  const before = (at: number): number => {
    let low = 0
    let high = readings.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((readings[middle]?.at ?? Infinity) < at) low = middle + 1
      else high = middle
    }
    return low
  }
  return readings.slice(before(from), before(until))
}

/** An open edge within the series claims too much: it does not hold the truth. */
function scoreEdge({ kind, median, lo50, hi50, lo95, hi95 }: Edge, truth: number): EdgeScore {
  const holds = (low: number | undefined, high: number | undefined): boolean =>
    kind === 'dated' && low !== undefined && high !== undefined && low <= truth && truth <= high
  return {
    in95: holds(lo95, hi95),
    in50: holds(lo50, hi50),
    outside:
      kind === 'dated' ? Math.max(0, (lo95 ?? Infinity) - truth, truth - (hi95 ?? -Infinity)) / MINUTE_MS : Infinity,
    width95: ((hi95 ?? Infinity) - (lo95 ?? -Infinity)) / MINUTE_MS,
    error: ((median ?? Infinity) - truth) / MINUTE_MS,
  }
}

const falseIncident = (incident: DetectedIncident): FalseIncident => {
  const { from, until } = spanOf(incident)
  const { peak, probesFailed, burstsFailed, share } = incident
  return { at: from, hours: (until - from) / HOUR_MS, peak, probesFailed, burstsFailed, share: share.value }
}

function brierOf(incidents: readonly DetectedIncident[], blocks: readonly Span[]): SeriesScore['brier'] {
  let sum = 0
  let points = 0
  for (const { curve } of incidents)
    for (const { at, p } of curve) {
      const truth = blocks.some(({ from, until }) => from <= at && at < until) ? 1 : 0
      sum += (p - truth) ** 2
      points += 1
    }
  return { sum, points }
}
