import type { DetectedIncident, Incident } from '../model/incident/incident.ts'
import type { SeriesOf } from '../model/measured/series.ts'

/** As much of an incident as the weighing of another one looks at. */
export type OtherIncidentBounds = Pick<DetectedIncident, 'state' | 'running' | 'start' | 'end'>

/** An incident that is in the data or is published, with its series. */
export interface StandingOf {
  readonly series: SeriesOf
  readonly detected: OtherIncidentBounds
  /** A published one, if starts of others may take it into account. */
  readonly published?: Pick<Incident, 'id' | 'mechanism'>
}

/** An incident that the data show now, with its series. */
export interface ShownIncident extends StandingOf {
  readonly detected: DetectedIncident
  /** Slow readings around it, as `slowKey` names them. */
  readonly slow?: ReadonlySet<string>
}

/** Names one reading of a series by when it was measured and by whom. */
export const slowKey = (at: number, probe: string): string => `${at} ${probe}`
