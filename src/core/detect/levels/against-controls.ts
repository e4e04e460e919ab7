import { median } from '../statistics/quantile.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { LevelPoint, LevelSeries } from './level.ts'

/** A level against the same level elsewhere, with how many places were compared. */
export interface ComparedLevel {
  readonly level: LevelSeries
  readonly controls: number
}

/**
 * Every country of a table of traffic against the others of the same signal: a value is divided by the median of what the others had
 * at that time, each as a share of its own median. What falls everywhere at once is then no fall. A country alone is
 * given back as it is, and so are networks and regions: those of one country fall together when it is cut off.
 */
export function againstControls(levels: readonly LevelSeries[]): readonly ComparedLevel[] {
  return levels.map((level) => {
    const others = isCountry(level)
      ? levels.filter((one) => isCountry(one) && one.signal === level.signal && one.place !== level.place)
      : []
    if (others.length === 0) return { level, controls: 0 }
    const shares = others.map(sharesOf)
    const points = level.points.flatMap(({ at, value }): readonly LevelPoint[] => {
      const usual = shares.map((one) => one.get(at)).filter((share) => share !== undefined)
      return usual.length === 0 ? [] : [{ at, value: value / Math.max(median(usual), LEAST_SHARE) }]
    })
    return { level: { ...level, points }, controls: others.length }
  })
}

const isCountry = ({ source, place }: LevelSeries): boolean => source !== 'ioda' && /^[A-Z]{2}$/.test(place)

/** A control that is at nothing must not make the level endless. */
const LEAST_SHARE = 0.01

function sharesOf({ points }: LevelSeries): ReadonlyMap<Instant, number> {
  const usual = median(points.map(({ value }) => value))
  return new Map(points.map(({ at, value }) => [instant(at), usual > 0 ? value / usual : 1]))
}
