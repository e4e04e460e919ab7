import { makeCauseTable } from '../core/detect/cause/table.ts'
import { defaultSettings } from '../core/detect/chain/default-settings.ts'
import type { DetectSettings } from '../core/detect/chain/settings.ts'
import { dateSeries as dateReadings, type DatedSeries } from '../core/detect/series/date-series.ts'
import { readSeriesTable, type SeriesTable } from '../core/detect/series/series-table.ts'
import type { Reading } from '../core/model/measured/reading.ts'
import { causeTableSchema } from '../core/model/tables/cause-table.ts'
import { parseTable } from '../core/model/tables/parse-tables.ts'
import { tableBytes, tableDigest } from './tables.ts'

/** How a series is read: the schedule and zone of its devices, and the seed of the random draws. */
export interface SeriesDateOptions {
  /** Minutes between two measurements of one device; 15 if not given. */
  readonly scheduleMinutes?: number
  /** IANA zone of the devices. Without it all hours of the day count alike. */
  readonly zone?: string
  /** The same seed gives the same result. */
  readonly seed?: number
}

/**
 * Reads a table of dated outcomes (docs/formats/series.md): one series for each service and network in it, and the lines
 * that could not be read. Throws InputError for a table without the needed columns.
 */
export const readSeries = (csv: string, name = 'series.csv'): SeriesTable => readSeriesTable(csv, name)

/**
 * Dates the restrictions of one series: start and end of each with 95 % intervals, gaps, and the weight of interference
 * against faults as far as the series alone tells it (docs/methods/detecting.md, docs/methods/cause.md). Readings in the
 * order of time. Times are milliseconds since 1970 in UTC.
 *
 * @example
 * import { dateSeries, readSeries } from 'kuager/detect'
 * const { series } = readSeries(await readFile('series.csv', 'utf8'))
 * for (const { found, cause } of dateSeries(series[0].readings).incidents)
 *   console.log(new Date(found.start.median), found.start.lo95, found.start.hi95, cause.log10Lr)
 */
export function dateSeries(readings: readonly Reading[], options: SeriesDateOptions = {}): DatedSeries {
  const bytes = tableBytes().get('causes.json') ?? new Uint8Array()
  const table = makeCauseTable(parseTable('causes.json', bytes, causeTableSchema), tableDigest(bytes))
  return dateReadings(readings, { settings: settingsOf(options), table })
}

function settingsOf({ scheduleMinutes, zone, seed }: SeriesDateOptions): DetectSettings {
  const fitted = defaultSettings()
  const given = { ...fitted, scheduleMinutes: scheduleMinutes ?? fitted.scheduleMinutes, seed: seed ?? fitted.seed }
  if (zone !== undefined) return { ...given, zone }
  const flat = Array.from({ length: 24 }, () => 1)
  return { ...given, zone: 'UTC', onsetHours: flat, loadHours: flat }
}
