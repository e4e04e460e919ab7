import type { Alarm } from '../../model/incident/incident.ts'
import { collapseBursts } from '../series/bursts.ts'
import { controlOf, type Columns } from './columns.ts'
import { filterForward, firstRowsOf, burstRows } from './filter.ts'
import { replayAlarms } from '../series/live.ts'
import { placePoints } from './points.ts'
import type { DetectSettings } from './settings.ts'
import { buildChain } from './transition.ts'

/** What the forward filter alone says of a series: how likely the settings make it, and when an alarm would have rung. */
export interface FilteredSeries {
  /** ln P(readings | settings). */
  readonly logLikelihood: number
  /** By time; those below the evidence floor are among them, `floorMet` false. */
  readonly alarms: readonly Alarm[]
}

/**
 * Runs the forward filter over a whole series (docs/methods/detecting.md, sections 4 and 6), without smoothing or
 * dating: a quarter of the work of `detectSeries`, for settings that are to be compared.
 */
export function filterSeries(columns: Columns, settings: DetectSettings): FilteredSeries {
  const chain = buildChain(settings)
  const controlled = columns.outcome.some((value) => controlOf(value) !== 'none')
  const bursts = collapseBursts(columns, { chain, settings, controlled })
  const points = placePoints(bursts, settings.zone)
  const run = {
    chain,
    points,
    row: burstRows(points, bursts),
    firstRow: firstRowsOf(points, bursts),
    rows: bursts.rows,
    initial: chain.initial,
  }
  const { restricted, early, logLikelihood } = filterForward(run)
  const alarms = replayAlarms({ chain, points, bursts, probes: columns.probes, restricted, early }, settings)
  return { logLikelihood, alarms }
}
