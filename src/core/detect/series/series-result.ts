import type { Alarm, DetectedIncident, Gap, SecondOpinion } from '../../model/incident/incident.ts'
import type { Instant } from '../../model/units.ts'
import type { Columns } from '../chain/columns.ts'
import type { SlowLimits } from '../throttling/slow.ts'
import type { Interval } from '../throttling/windows.ts'

/** What a caller adds to a series. */
export interface DetectOptions {
  /** Nothing later than this has been received: readings after it are left out. */
  readonly until: Instant
  /** Other methods, asked about the window of each incident. */
  readonly opine?: (
    columns: Columns,
    window: { readonly from: Instant; readonly until: Instant },
  ) => readonly SecondOpinion[]
  /** Weight of each local hour by use of the service (24), for availability. Flat where absent. */
  readonly usageHours?: readonly number[]
  /** Whether the series may be settled at an instant (milliseconds), as far as more than the chain knows. */
  readonly maySettle?: (at: number) => boolean
}

/** How much of the observed time a service was open. Hours without data belong to neither side. */
export interface Availability {
  /** Local hours between first and last reading, and those with at least one informative burst. */
  readonly hours: number
  readonly hoursObserved: number
  /** Mean over observed hours of 1 − P(restricted); absent where nothing was observed. */
  readonly open?: number
  /** The same, each hour weighted by use of the service. */
  readonly openByUse?: number
}

/** A burst as the evidence floor of the live alarm remembers it. */
export interface RecentBurst {
  readonly at: number
  readonly probe: string
  readonly artefact: boolean
  /** log10 of P(burst | level) / P(burst | open), for each level. */
  readonly evidence: readonly number[]
}

/**
 * Where a series may be taken up again: the filter at a local hour that no later reading can turn into a part of an
 * incident, with any result. Plain data. Readings before `at` that arrive late need the whole series again.
 */
export interface SettledState {
  readonly at: Instant
  /** P(state | readings before `at`), states in the order of the chain. */
  readonly vector: readonly number[]
  readonly logLikelihood: number
  readonly recent: readonly RecentBurst[]
  /** Whether the series has ever had a control. */
  readonly controlled: boolean
  readonly lastAt: Instant
  readonly availability: {
    readonly hours: number
    readonly observed: number
    readonly open: number
    readonly use: number
    readonly openByUse: number
  }
  /** Settings it was made under; under others it is worth nothing. */
  readonly settings: string
  /** What a series with timed pairs remembers of them. */
  readonly paired?: PairedState
}

/** What the baselines of throttling depend on besides the readings of the last weeks. */
export interface PairedState {
  readonly limits: SlowLimits
  /** When the rule of throttling held: no part of what is usual. */
  readonly aside: readonly Interval[]
}

/** A reading that completed and was slow: when, and which probe's. */
export interface SlowMark {
  readonly at: Instant
  readonly probe: string
}

/** Everything the detector says about one series. */
export interface SeriesResult {
  /** By start. Those below the evidence floor are among them, as `insufficient`. After `resumeSeries`: those since then. */
  readonly incidents: readonly DetectedIncident[]
  readonly gaps: readonly Gap[]
  /** Slow readings from three hours before each incident to its end; absent without timed pairs. */
  readonly slow?: readonly SlowMark[]
  readonly availability: Availability
  /** All live alarms that met the floor, those that no incident confirmed included. */
  readonly alarms: readonly Alarm[]
  /** P(restricted | readings so far) at the last reading; absent without readings. */
  readonly now?: number
  readonly logLikelihood: number
  /** Absent while nothing is old and quiet enough, and for a series that is sparser than its schedule. */
  readonly settled?: SettledState
}
