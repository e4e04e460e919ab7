import { instant, type Instant } from '../../model/units.ts'
import { readIoda } from '../forms/level-rows.ts'
import { findFalls } from './find-falls.ts'

/** Median share of the usual level at which a fall is an outage: IODA's own line for a critical one. */
const CRITICAL = 0.5

/** An outage that a signal shows, with the place as IODA names it. */
export interface LevelOutage {
  readonly place: string
  readonly signal: string
  readonly from: Instant
  /** Absent: the signal ends low. */
  readonly until?: Instant
}

/**
 * Outages in an answer of IODA's signals: falls to one half of the usual level or less, each from the last usual value
 * to the first usual one.
 */
export function outagesInSignals(value: unknown): {
  readonly found: readonly LevelOutage[]
  readonly setAside: number
} {
  const data: unknown = typeof value === 'object' && value !== null && 'data' in value ? value.data : value
  const { levels, rejects } = readIoda(data)
  const found = levels.flatMap(({ place, signal, points }) =>
    findFalls(points).falls.flatMap(({ start, end, median }): readonly LevelOutage[] => {
      if (median > CRITICAL) return []
      const [, until] = end
      return [{ place, signal, from: instant(start[0] ?? start[1]), ...(until === undefined ? {} : { until }) }]
    }),
  )
  return { found, setAside: rejects.length }
}
