import { MINUTE_MS } from '../../model/duration.ts'
import { replayAlarms } from './live.ts'
import type { Analysed } from './date-incident.ts'
import { dateIncident } from './date-incident.ts'
import { filterForward } from '../chain/filter.ts'
import type { DetectedIncident } from '../../model/incident/incident.ts'
import {
  fromEarlier,
  rowsWithoutContradiction,
  runWithout,
  withoutEach,
  type PointStretch,
  type WithoutOne,
} from './one-device.ts'
import type { SettledState } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { smooth } from '../chain/smooth.ts'
import { findSpans, type IncidentSpan } from './spans.ts'
import { countWitnesses, evidenceOfBurst } from './witnesses.ts'

/** Devices without which one stretch is looked at as a whole: those without which it is surest. */
const MOST_SUSPECTS = 16
/** Least peak of an incident that one device denies: without the best one of many, chance reaches .99 on evenings of load. */
export const DENIED_PEAK = 0.999

/** A part of a series in which something may be restricted, with γ over it without each device. */
export interface SeriesRegion {
  readonly stretch: PointStretch
  readonly without: readonly WithoutOne[]
}

/** An incident with the run of points in which γ is at least ½. */
export interface Placed {
  readonly incident: DetectedIncident
  readonly core: PointStretch
}

/** γ at its highest for any one device that may deny a restriction: at least γ of the series without that device. */
export function uncontradicted({
  run,
  bursts,
  settings,
}: Pick<Analysed, 'run' | 'bursts' | 'settings'>): Float64Array | undefined {
  const devices = new Set(bursts.probe)
  // Without one of so few there is never enough to publish.
  if (devices.size <= settings.floorProbes + 1) return undefined
  const kept = { ...run, row: rowsWithoutContradiction(run, bursts, settings.scheduleMinutes * MINUTE_MS) }
  return smooth(kept, filterForward(kept)).restricted
}

/** The parts of a series in which a restriction shows, with all devices or without some one of them. */
export function regionsOf(
  series: Pick<Analysed, 'run' | 'bursts' | 'points'>,
  spans: readonly IncidentSpan[],
): readonly SeriesRegion[] {
  const stretches: [number, number][] = []
  const sorted = spans
    .map(({ windowFrom, windowTo }) => fromEarlier(series.points, [windowFrom, windowTo]))
    .toSorted((a, b) => a[0] - b[0])
  for (const [from, to] of sorted) {
    const last = stretches.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else stretches.push([from, to])
  }
  return stretches.map((stretch) => ({ stretch, without: withoutEach(series.run, series.bursts, stretch) }))
}

/** The region that holds a span: every span is in one. */
export const regionOf = (regions: readonly SeriesRegion[], { from }: IncidentSpan): SeriesRegion =>
  regions.find(({ stretch }) => stretch[0] <= from && from <= stretch[1])! // made of all spans

/** Whether two stretches have a point in common. */
export const overlaps = (a: PointStretch, b: PointStretch): boolean => a[0] <= b[1] && b[0] <= a[1]

/**
 * Incidents that all devices but one show and that one denies: those of the series without that device
 * that rest on no other single one, where nothing is published with it. Its readings are counted, as against.
 */
export function deniedIncidents(
  series: Analysed,
  regions: readonly SeriesRegion[],
  { published, settled }: { readonly published: readonly PointStretch[]; readonly settled: SettledState | undefined },
): readonly Placed[] {
  const found: Placed[] = []
  const known = (core: PointStretch): boolean =>
    published.some((one) => overlaps(one, core)) || found.some((one) => overlaps(one.core, core))
  for (const region of regions) {
    const [first] = region.stretch
    for (const { device, stretch } of suspectsOf(series, region, known)) {
      if (known(stretch)) continue
      const without = seriesWithout(series, region.stretch, { device, settled })
      for (const span of findSpans(without.points, without.smoothed.restricted, {
        peak: leastPeak(series.settings),
        bridged: series.bridged,
      })) {
        const core = [span.from + first, span.to + first] as const
        if (known(core)) continue
        const [around] = regionsOf(without, [span])
        const incident = dateIncident(without, span, { without: around!.without, told: { series, core } }) // one for one span
        if (incident.state !== 'insufficient') found.push({ incident: { ...incident, contradicted: true }, core })
      }
    }
  }
  return found
}

/** Least γ that an incident which one device denies reaches without it. */
export const leastPeak = ({ peak }: DetectSettings): number => Math.max(peak, DENIED_PEAK)

interface Suspect {
  readonly device: number
  readonly stretch: PointStretch
  readonly peak: number
}

/** Devices without which a stretch is restricted that is not known to be, with enough other witnesses; the surest first. */
function suspectsOf(
  series: Analysed,
  { without }: SeriesRegion,
  known: (stretch: PointStretch) => boolean,
): readonly Suspect[] {
  return without
    .flatMap((one) => runsOf(one))
    .filter(({ stretch, device, peak }) => {
      const { settings } = series
      return (
        peak >= leastPeak(settings) && !known(stretch) && witnessesBut(series, device, stretch) > settings.floorProbes
      )
    })
    .toSorted((a, b) => b.peak - a.peak || a.device - b.device)
    .slice(0, MOST_SUSPECTS)
}

function runsOf({ device, from, restricted }: WithoutOne): readonly Suspect[] {
  const runs: Suspect[] = []
  let begin = -1
  let peak = 0
  for (let k = 0; k <= restricted.length; k++) {
    const p = restricted[k] ?? 0
    if (p >= 0.5) {
      if (begin < 0) begin = k
      peak = Math.max(peak, p)
    } else if (begin >= 0) {
      runs.push({ device, stretch: [from + begin, from + k - 1], peak })
      begin = -1
      peak = 0
    }
  }
  return runs
}

/** Known devices other than one whose bursts in a stretch speak for restriction. */
function witnessesBut({ run, bursts, points }: Analysed, device: number, [from, to]: PointStretch): number {
  const spoken: (readonly [number, readonly number[]])[] = []
  for (let k = from; k <= to; k++) {
    const burst = points.burst[k]! // within the points
    const probe = burst < 0 ? -1 : bursts.probe[burst]! // one for each burst
    if (probe >= 0 && probe !== device) spoken.push([probe, evidenceOfBurst(run.chain, bursts, burst)])
  }
  return countWitnesses(spoken)
}

/** A stretch of the series by itself, as it is without the readings of one device. */
function seriesWithout(
  series: Analysed,
  stretch: PointStretch,
  { device, settled }: { readonly device: number; readonly settled: SettledState | undefined },
): Analysed {
  const run = runWithout(series.run, series.bursts, { device, stretch })
  const { points } = run
  const filtered = filterForward(run)
  const { restricted, early } = filtered
  const live = { chain: run.chain, points, bursts: series.bursts, probes: series.columns.probes, restricted, early }
  return {
    ...series,
    run,
    points,
    filtered,
    smoothed: smooth(run, filtered),
    alarms: replayAlarms(live, series.settings, settled?.recent),
  }
}
