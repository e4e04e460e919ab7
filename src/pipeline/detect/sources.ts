import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import type { WeighTables } from '../../core/derive/weigh-shown.ts'
import type { DetectedIncident, Episode, Impact, Incident } from '../../core/model/incident/incident.ts'
import type { SeriesOf } from '../../core/model/measured/series.ts'
import type { OthersRecord } from '../../core/model/tables/others.ts'
import type { Instant } from '../../core/model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { Warehouse } from '../../store/warehouse/contract.ts'
import type { WorkerPool } from '../../runtime/worker-pool.ts'

/** Tables that say who is who; none of them says who restricted anything. */
export interface DetectTables extends WeighTables {
  /** People affected; absent where no table of people is at hand. */
  readonly impact?: (incident: DetectedIncident, series: SeriesOf, until: Instant) => Impact | undefined
}

export type DetectWarehouse = Pick<
  Warehouse,
  'readings' | 'readingColumns' | 'series' | 'seriesKeys' | 'verdicts' | 'counts' | 'measurement' | 'revoked'
>

export interface DetectSources {
  readonly warehouse: DetectWarehouse
  readonly incidents: IncidentStore
  readonly pool: WorkerPool
  readonly tables: DetectTables
  readonly settings: DetectSettings
  /** What others measured by now: its outages mask failures; absent: none is known. */
  readonly others?: () => Promise<OthersRecord | undefined>
  /** Groups standing incidents into episodes over networks and services. */
  readonly group: (incidents: readonly Incident[]) => readonly Episode[]
  /** File of the derived state; may be deleted at any time. */
  readonly statePath: string
  readonly now: () => Instant
}

/** The series of a published incident. */
export const seriesOf = ({ service, asn, simulated }: SeriesOf): SeriesOf => ({ service, asn, simulated })
