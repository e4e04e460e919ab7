import { HOUR_MS } from '../../model/duration.ts'
import type { EpochPoint } from '../../model/incident/coincidence.ts'
import type { Random } from '../chain/random.ts'
import { quantile } from '../statistics/quantile.ts'
import type { Evenings } from './evenings.ts'

const STEP_HOURS = 0.25
const REACH_HOURS = 6

/** P(restricted) of any series looked at, at a time on the wall clock; 0 where no incident is near. */
export type Probability = (at: number) => number

/** Draws of matched evenings behind the band. */
export const BAND_DRAWS = 999

const offsets: readonly number[] = Array.from(
  { length: (2 * REACH_HOURS) / STEP_HOURS + 1 },
  (_, index) => index * STEP_HOURS - REACH_HOURS,
)

/**
 * Superposed epoch: mean P(restricted) from six hours before to six hours after the starts of events, minus the mean of
 * the same hours of their matched evenings. The band holds 95 % of `BAND_DRAWS` draws of one matched evening for each
 * event in its place, at each hour by itself: it is no test. Events without a matched evening are left out.
 */
export function superposedEpoch(evenings: Evenings, probability: Probability, random: Random): readonly EpochPoint[] {
  const rowOf = (start: number): Float64Array =>
    Float64Array.from(offsets, (hours) => probability(start + hours * HOUR_MS))
  const pairs = evenings.events.flatMap((event, index) => {
    const matched = evenings.matched[index] ?? []
    return matched.length === 0 ? [] : [{ event: rowOf(event), matched: matched.map(rowOf) }]
  })
  if (pairs.length === 0) return []
  const expected = meanOf(pairs.map(({ matched }) => meanOf(matched)))
  const observed = meanOf(pairs.map(({ event }) => event))
  const drawn = Array.from(
    { length: BAND_DRAWS },
    () => meanOf(pairs.map(({ matched }) => matched[Math.floor(random.next() * matched.length)]!)), // next() is below 1
  )
  return offsets.map((hours, index) => {
    const column = drawn.map((row) => row[index]! - expected[index]!) // rows are as long as the offsets
    return {
      hours,
      difference: observed[index]! - expected[index]!, // rows are as long as the offsets
      lo95: quantile(column, 0.025),
      hi95: quantile(column, 0.975),
    }
  })
}

function meanOf(rows: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(offsets.length)
  for (const row of rows) for (let index = 0; index < mean.length; index++) mean[index]! += row[index]! / rows.length // equal lengths
  return mean
}
