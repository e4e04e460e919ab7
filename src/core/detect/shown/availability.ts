import { localHours } from './local-hours.ts'
import type { Points } from '../chain/points.ts'
import type { Availability } from '../series/series-result.ts'

/** Sums behind an availability, so that it can be carried on. `use`: weights of the observed hours. */
export interface AvailabilitySums {
  readonly hours: number
  readonly observed: number
  readonly open: number
  readonly use: number
  readonly openByUse: number
}

export const NO_AVAILABILITY: AvailabilitySums = { hours: 0, observed: 0, open: 0, use: 0, openByUse: 0 }

/** How availability is counted. */
export interface AvailabilityOptions {
  readonly zone: string
  /** Weight of each local hour by use; flat where absent. */
  readonly usageHours?: readonly number[] | undefined
  /** Counts only what begins before this point (not included). */
  readonly before: number
}

/** Adds up P(open | all readings) over the local hours of the points: one value an hour, the mean at its bursts. */
export function addAvailability(
  sums: AvailabilitySums,
  series: { readonly points: Points; readonly restricted: Float64Array },
  options: AvailabilityOptions,
): AvailabilitySums {
  const { points, restricted } = series
  const local = localHours(options.zone)
  let { hours, observed, open, use, openByUse } = sums
  let k = 0
  while (k < options.before) {
    const next = local.nextHour(points.at[k]!) // k < size, here and below
    const weight = options.usageHours?.[local.hourAt(points.at[k]!)] ?? 1
    let count = 0
    let sum = 0
    // k stays below size
    for (; k < options.before && points.at[k]! < next; k++)
      if (points.burst[k]! >= 0) {
        count++
        sum += 1 - restricted[k]! // k below size
      }
    hours++
    if (count === 0) continue
    observed++
    open += sum / count
    use += weight
    openByUse += (weight * sum) / count
  }
  return { hours, observed, open, use, openByUse }
}

/** Gives the shares from the sums. */
export const availabilityOf = (sums: AvailabilitySums): Availability => ({
  hours: sums.hours,
  hoursObserved: sums.observed,
  ...(sums.observed > 0 ? { open: sums.open / sums.observed } : {}),
  ...(sums.use > 0 ? { openByUse: sums.openByUse / sums.use } : {}),
})
