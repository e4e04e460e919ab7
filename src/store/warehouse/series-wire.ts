import { formatInstantUtc } from '../../model/units.ts'
import type { SeriesPoint } from './contract.ts'

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
  simulated: point.simulated,
})
