import { DAY_MS } from '../../model/duration.ts'
import type { Bursts } from '../series/bursts.ts'
import { localHours } from '../shown/local-hours.ts'
import { MEAN_HOUR } from './transition.ts'

/**
 * Where the chain is looked at: every burst, and every local hour between first and last, so that rates are constant
 * between two neighbours. Ascending; at one instant the hour comes first.
 */
export interface Points {
  readonly size: number
  readonly at: Float64Array
  /** Class of hour of the piece that ends here. */
  readonly hour: Uint8Array
  /** Burst at this point, −1 at an hour. */
  readonly burst: Int32Array
}

/** In a gap beyond this the middle is one piece at mean rates: the chain has long forgotten both ends. */
const LONG_GAP = 60 * DAY_MS
const KEPT = 30 * DAY_MS

/** Gives the points of a series. `from`: a local hour that becomes the first point; absent: the first burst is. */
export function placePoints(bursts: Bursts, zone: string, from?: number): Points {
  const local = localHours(zone)
  const at: number[] = []
  const hour: number[] = []
  const which: number[] = []
  const push = (ms: number, hourClass: number, burst: number): void => {
    at.push(ms)
    hour.push(hourClass)
    which.push(burst)
  }
  /** Pushes the local hours after `start` up to and including `end`, and gives the last point before or at `end`. */
  const pushHours = (start: number, end: number): number => {
    let last = start
    for (let next = local.nextHour(last); next <= end; next = local.nextHour(last)) {
      push(next, local.hourAt(last), -1)
      last = next
    }
    return last
  }
  let last = from
  if (from !== undefined) push(from, local.hourAt(from), -1)
  for (let burst = 0; burst < bursts.size; burst++) {
    const ms = bursts.at[burst]! // burst < size
    if (last !== undefined && ms - last > LONG_GAP) {
      pushHours(last, last + KEPT)
      last = local.nextHour(ms - KEPT)
      push(last, MEAN_HOUR, -1)
    }
    if (last !== undefined) last = pushHours(last, ms)
    push(ms, local.hourAt(last ?? ms), burst)
    last = ms
  }
  return { size: at.length, at: Float64Array.from(at), hour: Uint8Array.from(hour), burst: Int32Array.from(which) }
}
