import type { Instant } from '../../model/units.ts'

// A level is how much passes: visible prefixes, answering addresses, requests. A fall of one is a series of its own kind
// and never a finding on a service: docs/methods/levels.md.

/** Who publishes a level. */
export const LEVEL_SOURCES = ['ioda', 'radar', 'google', 'table'] as const
export type LevelSource = (typeof LEVEL_SOURCES)[number]

export interface LevelPoint {
  /** Beginning of the stretch that the value is about. */
  readonly at: Instant
  readonly value: number
}

/** One level of one place over time. */
export interface LevelSeries {
  readonly source: LevelSource
  /** What is counted, in the source's own word: `ping-slash24`, `bgp`, a product. */
  readonly signal: string
  /** Country, region or network, as the source names it. */
  readonly place: string
  /** In the order of time; what was not measured is missing, and is not zero. */
  readonly points: readonly LevelPoint[]
}

/** A time in which a level was far below its usual. */
export interface LevelFall {
  /** Last usual value and first low one. The first bound is absent where the series begins low. */
  readonly start: readonly [Instant | undefined, Instant]
  /** Last low value and first usual one; the second bound is absent where the series ends low. */
  readonly end: readonly [Instant, Instant | undefined]
  /** Share of the usual level: the lowest, and the median over the fall. */
  readonly lowest: number
  readonly median: number
}

/** What a level shows. */
export interface LevelFinding {
  readonly falls: readonly LevelFall[]
  /** Share of the usual below which a value is low: from the noise of the series itself. */
  readonly threshold: number
  /** Length of one stretch. */
  readonly stepMs: number
}
