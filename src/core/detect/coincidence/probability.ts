import type { DetectedIncident } from '../../model/incident/incident.ts'
import type { Probability } from './epoch.ts'

/** A point of a curve, its time on the wall clock. */
interface LocalPoint {
  readonly at: number
  readonly p: number
}

type Drawn = Pick<DetectedIncident, 'start' | 'end' | 'curve'>

/** P(restricted) along one curve, straight between its points, undefined outside. */
function along(curve: readonly LocalPoint[], at: number): number | undefined {
  const first = curve[0]
  const last = curve.at(-1)
  if (first === undefined || last === undefined || at < first.at || at > last.at) return undefined
  let [low, high] = [0, curve.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    // low < middle < high, both within the curve
    if (curve[middle]!.at <= at) low = middle
    else high = middle
  }
  const [before, after] = [curve[low]!, curve[high]!] // 0 ≤ low ≤ high < length
  return after.at === before.at
    ? after.p
    : before.p + ((at - before.at) / (after.at - before.at)) * (after.p - before.p)
}

/**
 * The largest P(restricted) of any incident at a time on the wall clock, 0 away from all. Where an incident comes
 * without its curve (from a file), it is 1 from the median of its start to that of its end.
 */
export function probabilityOf(incidents: readonly Drawn[], clock: (at: number) => number): Probability {
  const drawn = incidents.map(({ start, end, curve }) => {
    const local = curve.map(({ at, p }) => ({ at: clock(at), p }))
    const from = start.median === undefined ? Number.NEGATIVE_INFINITY : clock(start.median)
    const until = end.median === undefined ? Number.POSITIVE_INFINITY : clock(end.median)
    return (at: number): number => (curve.length > 0 ? (along(local, at) ?? 0) : at >= from && at <= until ? 1 : 0)
  })
  return (at) => drawn.reduce((most, one) => Math.max(most, one(at)), 0)
}
