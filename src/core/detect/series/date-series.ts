import type { CauseReading, PairReading } from '../cause/cause-input.ts'
import { observeItems } from '../cause/observe-items.ts'
import type { CauseTable } from '../cause/table.ts'
import { weighCause } from '../cause/weigh.ts'
import { detectPaired } from './detect-paired.ts'
import { opine } from '../opinions/opine.ts'
import type { SeriesResult, SlowMark } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { slowReadings } from '../throttling/slow.ts'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import type { CauseFinding } from '../../model/incident/cause.ts'
import type { Alarm, DetectedIncident } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { Kind } from '../../model/measured/verdict.ts'
import { alarmWithin, fitRates, liveAlarms, prepareSeries, type LeftOut } from './outside-series.ts'

/** How far the weighing looks back: readings around the window, times at which the series was watched. */
const BEFORE = 3 * HOUR_MS
const WATCHED = 14 * DAY_MS

/** An incident of a table with the weight of what the table alone can tell. */
export interface DatedIncident {
  readonly found: DetectedIncident
  readonly cause: CauseFinding
}

export interface DatedSeries extends Pick<SeriesResult, 'gaps' | 'availability'> {
  readonly incidents: readonly DatedIncident[]
  /** All live alarms, those that no incident confirmed included. */
  readonly alarms: readonly Alarm[]
  readonly left: LeftOut
}

export interface DateSeriesOptions {
  readonly settings: DetectSettings
  readonly table: CauseTable
}

/**
 * Dates the restrictions of one series that came as a table: the same detector, the same second opinions and the same
 * weighing as for measurements of our own. A series alone has no other networks, services or countries beside it, so
 * the weighing looks at few items and says so by those it leaves unseen. Readings in the order of time.
 */
export function dateSeries(given: readonly Reading[], options: DateSeriesOptions): DatedSeries {
  const until = given.at(-1)?.at ?? instant(0)
  const { readings, columns, settings, left } = prepareSeries(given, options.settings)
  const marked = slowReadings(columns)
  const result = detectPaired(columns, fitRates(marked, settings), { until, opine })
  const { incidents, gaps, availability } = result
  const alarms = liveAlarms(marked, settings)
  const weighed = withSlow(readings, result.slow ?? [])
  const windows = incidents.map((found) => windowOf(found, readings))
  return {
    gaps,
    availability,
    alarms,
    left,
    incidents: incidents.map((found, i) => ({
      found: withAlarm(found, alarmWithin(alarms, { ...windows[i]!, before: windows[i - 1]?.until })), // one for each incident
      cause: weigh(weighed, { settings, table: options.table, found, windows, i }),
    })),
  }
}

/** Readings with those that were slow for their probe marked. */
function withSlow(readings: readonly Reading[], marks: readonly SlowMark[]): readonly Reading[] {
  const key = ({ at, probe }: SlowMark): string => `${at} ${probe}`
  const slow = new Set(marks.map(key))
  return readings.map((one): Reading => (one.target === 'ok' && slow.has(key(one)) ? { ...one, target: 'slow' } : one))
}

/** The incident with the alarm that rang for it in place of the one under rates that were chosen with all of the series. */
function withAlarm(found: DetectedIncident, alarm: Alarm | undefined): DetectedIncident {
  const rung: { -readonly [Key in keyof DetectedIncident]: DetectedIncident[Key] } = { ...found }
  delete rung.alarm
  if (alarm !== undefined) return { ...rung, alarm }
  // The rule of throttling looks back alone, and says itself when it first held.
  return found.state === 'throttled' ? found : rung
}

interface Window {
  readonly from: Instant
  readonly until: Instant
}

function windowOf({ start, end }: DetectedIncident, readings: readonly Reading[]): Window {
  const first = readings[0]?.at ?? instant(0)
  const last = readings.at(-1)?.at ?? first
  return {
    from: start.median ?? start.bracket[1] ?? start.bracket[0] ?? first,
    until: end.median ?? end.bracket[0] ?? end.bracket[1] ?? last,
  }
}

interface Weighed extends DateSeriesOptions {
  readonly found: DetectedIncident
  readonly windows: readonly Window[]
  readonly i: number
}

function weigh(readings: readonly Reading[], { settings, table, found, windows, i }: Weighed): CauseFinding {
  const span = windows[i] ?? windowOf(found, readings)
  const inside = (from: number, until: number) => readings.filter(({ at }) => at >= from && at <= until)
  const canaries = inside(span.from, span.until).filter(({ canary }) => canary !== 'none')
  const { lo95, hi95 } = found.start
  const observed = observeItems({
    window: span,
    ...(lo95 === undefined || hi95 === undefined ? {} : { onset: { lo: lo95, hi: hi95 } }),
    scheduleMinutes: settings.scheduleMinutes,
    readings: inside(span.from - BEFORE, span.until).map(causeReadingOf),
    watched: inside(span.from - WATCHED, span.from - 1)
      .filter(({ target }) => target !== 'none')
      .map(({ at }) => at),
    earlier: windows.slice(0, i),
    services: [],
    networks: [],
    ...(canaries.length === 0 ? {} : { canaries: countCanaries(canaries) }),
    extra: [],
  })
  return weighCause(observed, table, { seed: found.seed, insufficient: found.state === 'insufficient' })
}

const countCanaries = (readings: readonly Reading[]) => ({
  ok: readings.filter(({ canary }) => canary === 'ok').length,
  failed: readings.filter(({ canary }) => canary === 'fail').length,
  probes: new Set(readings.map(({ probe }) => probe)).size,
})

function kindOf({ target, control, artefact }: Reading): Kind {
  switch (target) {
    case 'ok':
      return 'reachable'
    case 'none':
      return 'inconclusive'
    case 'slow':
    case 'fail':
      // Not `unreachable` if the control failed too: a table's control is a control name, not a check from abroad.
      return artefact || control === 'ok' ? 'interfered' : 'inconclusive'
  }
}

/** The halves as a pair; a table's control is the control name of the pair (docs/formats/series.md). */
function pairOf({ target, control }: Reading): PairReading | undefined {
  if (target === 'none' || control === 'none') return undefined
  return `${target === 'ok' ? 'pass' : 'fail'}-${control === 'ok' ? 'pass' : 'fail'}`
}

function causeReadingOf(reading: Reading): CauseReading {
  const pair = pairOf(reading)
  return {
    at: reading.at,
    probe: reading.probe,
    version: '',
    kind: kindOf(reading),
    ...(reading.mechanism === undefined ? {} : { mechanism: reading.mechanism }),
    facts: [],
    layers: {},
    ...(pair === undefined ? {} : { pair }),
    artefact: reading.artefact,
    slow: reading.target === 'slow',
    ...(reading.id === undefined ? {} : { id: reading.id }),
  }
}
