import type { Columns } from '../../core/detect/chain/columns.ts'
import type { SeriesResult, SettledState } from '../../core/detect/series/series-result.ts'
import type { DetectSettings } from '../../core/detect/chain/settings.ts'
import type { Instant } from '../../core/model/units.ts'

/**
 * One series for a thread: all its readings, or those since a settled state and, of timed pairs, since its baseline
 * begins.
 */
export interface SeriesCall {
  readonly columns: Columns
  readonly settled?: SettledState
}

/** What every thread is given once. */
export interface DetectSetup {
  readonly settings: DetectSettings
}

/** What crosses to the thread that detects. */
export interface DetectCall {
  readonly series: readonly SeriesCall[]
  readonly until: Instant
  /** Weight of each local hour by use (24), for availability. Flat where absent. */
  readonly usageHours?: readonly number[]
}

/** A result for each series, in their order; null where it cannot go on from its settled state. */
export interface DetectReply {
  readonly results: readonly (SeriesResult | null)[]
}
