import { HOUR_MS } from '../../model/duration.ts'
import { addAvailability, availabilityOf, NO_AVAILABILITY } from '../shown/availability.ts'
import { collapseBursts } from './bursts.ts'
import { controlOf, lowerBound, sliceColumns, type Columns } from '../chain/columns.ts'
import { dateIncident, type Analysed } from './date-incident.ts'
import { filterForward, firstRowsOf, burstRows, type ChainRun } from '../chain/filter.ts'
import { bridgedBy, findGaps, intervalOf } from './gaps.ts'
import { gradualIncidents, rollOutsOf, seesReached } from './gradual.ts'
import { replayAlarms } from './live.ts'
import { placePoints } from '../chain/points.ts'
import type { DetectOptions, SeriesResult, SettledState } from './series-result.ts'
import { settingsText, type DetectSettings } from '../chain/settings.ts'
import { settle } from './settle.ts'
import { smooth } from '../chain/smooth.ts'
import { findSpans } from './spans.ts'
import { buildChain, type Chain } from '../chain/transition.ts'
import {
  deniedIncidents,
  leastPeak,
  overlaps,
  regionOf,
  regionsOf,
  uncontradicted,
  type Placed,
} from './without-one.ts'

const EVENLY: readonly number[] = Array.from({ length: 24 }, () => 1)

interface Chains {
  readonly chain: Chain
  readonly flat: Chain
  readonly text: string
}

const built = new WeakMap<DetectSettings, Chains>()

/** Chains of the settings, built once: many series are detected under the same. */
function chainsOf(settings: DetectSettings): Chains {
  let made = built.get(settings)
  if (made === undefined) {
    const flat = { ...settings, onsetHours: EVENLY, loadHours: EVENLY }
    made = { chain: buildChain(settings), flat: buildChain(flat), text: settingsText(settings) }
    built.set(settings, made)
  }
  return made
}

/**
 * Detects the incidents of one series (one service on one network) by the method of docs/methods/detecting.md. Pure:
 * same columns, settings and options, same result. Any number of readings, none included, at any times.
 */
export function detectSeries(columns: Columns, settings: DetectSettings, options: DetectOptions): SeriesResult {
  return analyse(received(columns, options.until), settings, { options }).result
}

/**
 * Takes a series up again where it was settled: `columnsSince` are all readings at or after `settled.at`. Gives the
 * incidents since then, the same that the whole series would give; gaps and alarms since then, availability of all.
 * Gives undefined where the whole series must be detected: other settings, readings before `settled.at`, the first
 * control ever, or a restriction with more than a day without measurements in it.
 */
export function resumeSeries(
  settled: SettledState,
  columnsSince: Columns,
  settings: DetectSettings,
  options: DetectOptions,
): SeriesResult | undefined {
  const columns = received(columnsSince, options.until)
  const { chain, text } = chainsOf(settings)
  if (settled.settings !== text || settled.vector.length !== chain.size) return undefined
  if (columns.size > 0 && columns.at[0]! < settled.at) return undefined // size > 0
  if (!settled.controlled && hasControl(columns)) return undefined
  const { result, whole } = analyse(columns, settings, { options, settled })
  return whole ? undefined : result
}

const received = (columns: Columns, until: number): Columns =>
  columns.size > 0 && columns.at[columns.size - 1]! > until // size > 0
    ? sliceColumns(columns, 0, lowerBound(columns.at, until + 1))
    : columns

const hasControl = ({ outcome }: Columns): boolean => outcome.some((value) => controlOf(value) !== 'none')

function analyse(
  columns: Columns,
  settings: DetectSettings,
  { options, settled }: { options: DetectOptions; settled?: SettledState },
): { readonly result: SeriesResult; readonly whole: boolean } {
  const { chain, flat, text } = chainsOf(settings)
  const controlled = settled?.controlled === true || hasControl(columns)
  const bursts = collapseBursts(columns, { chain, settings, controlled })
  const points = placePoints(bursts, settings.zone, settled?.at)
  const run: ChainRun = {
    chain,
    points,
    row: burstRows(points, bursts),
    firstRow: firstRowsOf(points, bursts),
    rows: bursts.rows,
    initial: settled === undefined ? chain.initial : Float64Array.from(settled.vector),
  }
  const filtered = filterForward(run)
  const smoothed = smooth(run, filtered)
  const { restricted, early } = filtered
  const alarms = replayAlarms(
    { chain, points, bursts, probes: columns.probes, restricted, early },
    settings,
    settled?.recent,
  )
  const intervalMinutes =
    settled === undefined ? intervalOf(bursts, settings.scheduleMinutes) : settings.scheduleMinutes
  const gaps = findGaps(bursts, { from: settled?.lastAt, until: options.until, intervalMinutes })
  const { bridged, asked } = bridgedBy(bursts, settings.scheduleMinutes)
  const series: Analysed = {
    columns,
    chain,
    bursts,
    points,
    controlled,
    run,
    filtered,
    smoothed,
    settings,
    flat,
    gaps,
    alarms,
    bridged,
    opine: options.opine,
  }
  const counted = { zone: settings.zone, usageHours: options.usageHours }
  const before = settled?.availability ?? NO_AVAILABILITY
  const sums = addAvailability(before, { points, restricted: smoothed.restricted }, { ...counted, before: points.size })
  const logLikelihood = (settled?.logLikelihood ?? 0) + filtered.logLikelihood
  // A series sparser than its schedule has gaps by its own rhythm, which later readings change: it is small, and detected whole.
  const regular = intervalMinutes <= settings.scheduleMinutes
  const most = uncontradicted(series)
  const incidents = incidentsOf(series, { most, settled }).map(({ incident }) => incident)
  // What continues over more than a day without measurements depends on every distance between them.
  const whole = asked()
  const rest =
    regular && !whole
      ? settle(series, { settled, text, counted, most, maySettle: maySettle(series, options) })
      : undefined
  const result = {
    incidents,
    gaps,
    availability: availabilityOf(sums),
    alarms: alarms.filter(({ floorMet }) => floorMet),
    ...(points.size > 0 ? { now: restricted[points.size - 1]! } : {}), // size > 0
    logLikelihood,
    ...(rest === undefined ? {} : { settled: rest }),
  }
  return { result, whole }
}

/** A series is settled neither in a roll-out nor so near to one that earlier readings bear on it. */
function maySettle({ bursts, settings }: Analysed, options: DetectOptions): (at: number) => boolean {
  const near = rollOutsOf(bursts, { devices: settings.floorProbes + 1, share: 0 })
  const sees = seesReached(bursts)
  return (at) =>
    options.maySettle?.(at) !== false &&
    sees(at) &&
    near.every(({ from, to }) => at < from - BEFORE_ROLL_OUT || at > to + AFTER_ROLL_OUT)
}
const BEFORE_ROLL_OUT = 6 * HOUR_MS
const AFTER_ROLL_OUT = 2 * HOUR_MS

/** Incidents of a series by start: those that all devices together show, and those that one device alone denies. */
function incidentsOf(
  series: Analysed,
  { most, settled }: { readonly most: Float64Array | undefined; readonly settled: SettledState | undefined },
): readonly Placed[] {
  const { points, smoothed, settings } = series
  const spans = findSpans(points, smoothed.restricted, { peak: settings.peak, bridged: series.bridged })
  const possible =
    most === undefined ? [] : findSpans(points, most, { peak: leastPeak(settings), bridged: series.bridged })
  const regions = regionsOf(series, [...spans, ...possible])
  const shown = spans.map((span): Placed => {
    const { without } = regionOf(regions, span)
    return { incident: dateIncident(series, span, { without }), core: [span.from, span.to] }
  })
  const enough = shown.filter(({ incident }) => incident.state !== 'insufficient')
  const published = enough.map(({ core }) => core)
  const denied = settings.rowsNotDevices === true ? [] : deniedIncidents(series, regions, { published, settled })
  const gradual = gradualIncidents(series, [...enough, ...denied])
  const without = (all: readonly Placed[], others: readonly Placed[]): readonly Placed[] =>
    all.filter(({ core }) => !others.some((other) => overlaps(other.core, core)))
  const added = [...without(denied, gradual), ...gradual]
  const kept = [
    ...without(enough, gradual),
    ...without(
      shown.filter(({ incident }) => incident.state === 'insufficient'),
      added,
    ),
  ]
  return [...kept, ...added].toSorted((a, b) => a.core[0] - b.core[0])
}
