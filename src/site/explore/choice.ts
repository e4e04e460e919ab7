import type { Asn } from '../../core/model/units.ts'
import type { ExploreStep } from '../../store/warehouse/contract.ts'

/** Days as `YYYY-MM-DD`, both inclusive. */
export interface ExploreDays {
  readonly since: string
  readonly until: string
}

/** What is counted: the share that failed, how it failed, on which layer, and how long it took against the control. */
export const EXPLORE_VALUES = ['failed', 'mechanism', 'layer', 'speed'] as const
export type ExploreValue = (typeof EXPLORE_VALUES)[number]

export const EXPLORE_CHARTS = ['line', 'strip', 'heat', 'table'] as const
export type ExploreChart = (typeof EXPLORE_CHARTS)[number]

/** Everything that a reader chose; the address of the page says all of it. */
export interface ExploreAsked {
  readonly services: readonly string[]
  /** None: all networks together. */
  readonly networks: readonly Asn[]
  readonly days: ExploreDays
  /** Other days that stand next to them. */
  readonly with?: ExploreDays
  readonly by: ExploreStep
  readonly value: ExploreValue
  readonly chart: ExploreChart
}
