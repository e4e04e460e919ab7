import type { CauseTable } from '../../detect/cause/table.ts'
import type { DetectSettings } from '../../detect/settings.ts'
import type { DetectedIncident, Episode, Impact, Incident } from '../../model/incident.ts'
import type { Asn, Instant } from '../../model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { SeriesName, Warehouse } from '../../store/warehouse/contract.ts'
import type { WorkerPool } from '../../sys/worker-pool.ts'

/** Tables that say who is who; none of them says who restricted anything. */
export interface DetectTables {
  readonly causes: CauseTable
  readonly serviceOwner: (service: string) => string | undefined
  readonly networkOwner: (asn: Asn) => string | undefined
  /** Services that tell whether a line works (`comparison` in data/services.json). */
  readonly comparisons: readonly string[]
  /** People affected; absent where no table of people is at hand. */
  readonly impact?: (incident: DetectedIncident, series: SeriesOf, until: Instant) => Impact | undefined
}

/** A series of one kind of measurements: simulated and real ones never mix. */
export interface SeriesOf extends SeriesName {
  readonly simulated: boolean
}

export type DetectWarehouse = Pick<
  Warehouse,
  'readings' | 'readingColumns' | 'series' | 'seriesKeys' | 'verdicts' | 'counts' | 'measurement'
>

export interface DetectSources {
  readonly warehouse: DetectWarehouse
  readonly incidents: IncidentStore
  readonly pool: WorkerPool
  readonly tables: DetectTables
  readonly settings: DetectSettings
  /** Groups standing incidents into episodes over networks and services. */
  readonly group: (incidents: readonly Incident[]) => readonly Episode[]
  /** File of the derived state; may be deleted at any time. */
  readonly statePath: string
  readonly now: () => Instant
}

/** What one detection knows of all series when it weighs an incident. */
export interface Surroundings {
  /** Every series of the folder. */
  readonly all: readonly SeriesOf[]
  /** Incidents of each series: those shown now, and of series or times not looked at those that stand published. */
  readonly shown: ReadonlyMap<string, readonly Shown[]>
}

/** An incident that the data show now, with its series. */
export interface Shown {
  readonly series: SeriesOf
  readonly detected: DetectedIncident
  /** Slow readings around it, as `slowKey` names them. */
  readonly slow?: ReadonlySet<string>
}

/** Names one reading of a series by when it was measured and by whom. */
export const slowKey = (at: number, probe: string): string => `${at} ${probe}`

/** Names a series in maps and in the state file. */
export const seriesId = ({ service, asn, simulated }: SeriesOf): string =>
  `${service} ${asn}${simulated ? ' simulated' : ''}`

/** The series of a published incident. */
export const seriesOf = ({ service, asn, simulated }: Incident): SeriesOf => ({ service, asn, simulated })
