import { formatInstantUtc } from '../../core/model/units.ts'
import type { ApartPoint, SeriesPoint } from './contract.ts'

/** A point of a series as JSON for programs: the same in the command line and in the API. Absent is null. */
export const encodeSeriesPoint = (point: SeriesPoint): Record<string, unknown> => ({
  id: point.id,
  started_at_utc: formatInstantUtc(point.at),
  kind: point.kind,
  mechanism: point.mechanism ?? null,
  layer: point.layer ?? null,
  log10_lr: point.log10Lr,
  test_name: point.testName,
  input: point.input ?? null,
  channel: point.channel,
  probe: point.probe ?? null,
  simulated: point.simulated,
})

/** The same of an excluded measurement, with what is known of its sender; null where nothing is. */
export const encodeApartPoint = (point: ApartPoint): Record<string, unknown> => ({
  ...encodeSeriesPoint(point),
  standing: point.standing ?? null,
})
