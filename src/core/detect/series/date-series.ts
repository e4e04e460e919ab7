import type { CauseTable } from '../cause/table.ts'
import { detectPaired } from './detect-paired.ts'
import { opine } from '../opinions/opine.ts'
import type { SeriesResult, SlowMark } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { slowReadings } from '../throttling/slow.ts'
import type { CauseFinding } from '../../model/incident/cause.ts'
import type { Alarm, DetectedIncident } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { maskOutages, type TableOutage, type MaskedSeries } from './outages.ts'
import { alarmWithin, fitRates, liveAlarms, prepareSeries, type LeftOut } from './outside-series.ts'
import type { TableSeries } from './series-table.ts'
import type { Owners } from './owners.ts'
import { weighInTable, tableSpan, type Dated } from './weigh-in-table.ts'

/** An incident of a table with the weight of what the table alone can tell. */
export interface DatedIncident {
  readonly found: DetectedIncident
  readonly cause: CauseFinding
}

export interface DatedSeries extends Pick<SeriesResult, 'gaps' | 'availability'> {
  readonly incidents: readonly DatedIncident[]
  /** All live alarms, those that no incident confirmed included. */
  readonly alarms: readonly Alarm[]
  /** No device is named: rows are counted, and the numbers of devices are 0. */
  readonly nameless: boolean
  readonly left: LeftOut
}

export interface DateSeriesOptions {
  readonly settings: DetectSettings
  readonly table: CauseTable
}

export interface DateTableOptions extends DateSeriesOptions {
  /** Outages that are known from elsewhere. */
  readonly outages?: readonly TableOutage[]
  /** Who runs a network or service. A network that is not known is no further owner. */
  readonly owners?: Owners
}

/** Dates the restrictions of one series that came alone. Readings in the order of time. */
export const dateSeries = (readings: readonly Reading[], options: DateSeriesOptions): DatedSeries =>
  dateTable([{ service: '', network: '', readings }], options)[0]! // one for one series

/**
 * Dates the restrictions of the series of one table: the same detector, the same second opinions and the same weighing as
 * for measurements of our own. What else the table holds enters the weight: the same service on its other networks, other
 * services on the same network, how long it lasted. Gives one result for each series, in their order.
 */
export function dateTable(series: readonly TableSeries[], options: DateTableOptions): readonly DatedSeries[] {
  const dated = maskOutages(series, options).map((one) => detectIn(one, options.settings))
  return dated.map((one): DatedSeries => {
    const { gaps, availability, alarms, nameless, left, windows } = one
    return {
      gaps,
      availability,
      alarms,
      nameless,
      left,
      incidents: one.incidents.map((found, i) => ({
        found: nameless ? { ...found, probes: 0, probesFailed: 0 } : found,
        cause: weighInTable(one, { ...options, found, span: windows[i]!, all: dated }), // one for each incident
      })),
    }
  })
}

interface DetectedSeries extends Dated, Omit<DatedSeries, 'incidents'> {}

function detectIn(one: MaskedSeries, given: DetectSettings): DetectedSeries {
  const until = one.readings.at(-1)?.at ?? instant(0)
  const { readings, columns, settings, nameless, left } = prepareSeries(one.readings, given)
  const marked = slowReadings(columns)
  const result = detectPaired(columns, fitRates(marked, settings), { until, opine })
  const alarms = liveAlarms(marked, settings)
  const windows = result.incidents.map((found) => tableSpan(found, readings))
  return {
    service: one.service,
    network: one.network,
    ...(one.pages === undefined ? {} : { pages: one.pages }),
    gaps: result.gaps,
    availability: result.availability,
    alarms,
    nameless,
    left: { ...left, nothing: left.nothing - one.outage, outage: one.outage },
    readings: withSlow(readings, result.slow ?? []),
    controlled: readings.some(({ control }) => control !== 'none'),
    windows,
    incidents: result.incidents.map(
      (found, i) => withAlarm(found, alarmWithin(alarms, { ...windows[i]!, before: windows[i - 1]?.until })), // one for each incident
    ),
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
