import { targetOf } from '../../core/detect/chain/columns.ts'
import type { ShownIncident, StandingOf } from '../../core/derive/shown.ts'
import {
  MOST_VERDICTS,
  weighPeriods,
  weighShown,
  type TimeStretch,
  type WeighedIncident,
} from '../../core/derive/weigh-shown.ts'
import { deviceOf } from '../../core/model/device.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import type { DetectSources } from './sources.ts'

/** What one detection knows of all series when it weighs an incident. */
export interface Surroundings {
  /** Every series of the folder. */
  readonly all: readonly SeriesOf[]
  /** Incidents of each series: those shown now, and of series or times not detected those that are published. */
  readonly shown: ReadonlyMap<string, readonly StandingOf[]>
}

/** Gathers what the weighing of one incident may look at, and weighs it. */
export async function weighIncident(
  shown: ShownIncident,
  { all, shown: others }: Surroundings,
  sources: Pick<DetectSources, 'warehouse' | 'tables' | 'settings' | 'now'>,
): Promise<WeighedIncident> {
  const { service, asn, simulated } = shown.series
  const { tables, warehouse, settings } = sources
  const periods = weighPeriods(shown, sources.now())
  const near = all.filter((one) => one.simulated === simulated && (one.service === service || one.asn === asn))
  const verdicts = await warehouse.verdicts(service, asn, { ...periods.verdicts, simulated, most: MOST_VERDICTS })
  return weighShown(shown, {
    periods,
    verdicts: verdicts.map((one) => ({ ...one, device: deviceOf(one.provenance, one.head) })),
    watched: await watchedTimes(shown.series, periods.watched, sources),
    beside: await warehouse.counts(near, { ...periods.beside, simulated }),
    others,
    tables,
    scheduleMinutes: settings.scheduleMinutes,
  })
}

async function watchedTimes(
  { service, asn, simulated }: SeriesOf,
  period: TimeStretch,
  { warehouse }: Pick<DetectSources, 'warehouse'>,
): Promise<readonly Instant[]> {
  const [found] = await warehouse.readingColumns([{ service, asn }], { ...period, simulated })
  if (found === undefined) return []
  const { at, outcome } = found.columns
  const informative = (i: number): boolean => targetOf(outcome[i]!) !== 'none' // as many outcomes as times
  return [...at].filter((_, i) => informative(i)).map(instant)
}
