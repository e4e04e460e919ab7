import { HOUR_MS } from '../../model/duration.ts'
import type { Bursts } from './bursts.ts'
import { rowLength } from './evidence.ts'
import { filterForward, type ChainRun } from '../chain/filter.ts'
import type { Points } from '../chain/points.ts'
import { smooth } from '../chain/smooth.ts'
import type { Chain } from '../chain/transition.ts'

// What one device can do to a series: the chain is smoothed again without each device (docs/methods/detecting.md, section 5).

/** Devices that are left out one at a time: beyond so many in one stretch, those with the most influence are tried. */
const MOST_TRIED = 16
const EARLIER_BURSTS = 8
/** Least mean of γ that must remain without any one of them: at ½ restrictions that three devices see are lost, too. */
export const LEAST_LEFT = 0.2

/** A stretch of points, both ends included. */
export type PointStretch = readonly [from: number, to: number]

/** γ over a stretch without the readings of one device; −1: without those of everybody unknown. */
export interface WithoutOne {
  readonly device: number
  readonly from: number
  readonly restricted: Float64Array
}

/**
 * γ over a stretch without each device that measured in it. The chain begins at its first point with its stationary
 * distribution, so that nothing a device said before or after reaches in.
 */
export function withoutEach(run: ChainRun, bursts: Bursts, stretch: PointStretch): readonly WithoutOne[] {
  return mostInfluential(run, bursts, stretch).map((device) => {
    const without = runWithout(run, bursts, { device, stretch })
    return { device, from: stretch[0], restricted: smooth(without, filterForward(without)).restricted }
  })
}

/** The chain over a stretch of the points, by itself, without the bursts of one device; its first point has index 0. */
export function runWithout(
  { chain, points, row, rows, firstRow }: ChainRun,
  bursts: Bursts,
  { device, stretch: [from, to] }: { readonly device: number; readonly stretch: PointStretch },
): ChainRun {
  const burst = points.burst.slice(from, to + 1)
  const kept = row.slice(from, to + 1)
  const first = firstRow?.slice(from, to + 1)
  for (let k = 0; k < burst.length; k++) {
    if (burst[k]! < 0 || bursts.probe[burst[k]!] !== device) continue // k < length
    burst[k] = -1
    kept[k] = -1
    if (first !== undefined) first[k] = -1
  }
  return {
    chain,
    points: {
      size: burst.length,
      at: points.at.subarray(from, to + 1),
      hour: points.hour.subarray(from, to + 1),
      burst,
    },
    row: kept,
    rows,
    ...(first === undefined ? {} : { firstRow: first }),
    initial: chain.initial,
  }
}

/**
 * Whether a stretch rests on some one device: without it the mean of γ over the time of the stretch is below .2. The highest
 * γ would not do: in eight hours that one device makes, the others fail by chance at some point.
 */
export const restsOnOneDevice = ({ at }: Points, without: readonly WithoutOne[], [from, to]: PointStretch): boolean =>
  without.some((one) => {
    let left = 0
    let time = 0
    for (let k = from + 1; k <= to; k++) {
      const piece = at[k]! - at[k - 1]! // within the points, here and below
      left += ((one.restricted[k - one.from]! + one.restricted[k - 1 - one.from]!) / 2) * piece
      time += piece
    }
    return time === 0 ? one.restricted[from - one.from]! < LEAST_LEFT : left < LEAST_LEFT * time // within the stretch
  })

/**
 * The rows of a run without, in each interval of the schedule in which two devices measured, the one that says most against a
 * restriction. γ over them is at least what it is without any one device: where it stays low, no device hides anything.
 */
export function rowsWithoutContradiction(run: ChainRun, bursts: Bursts, slotMs: number): Int32Array {
  const row = run.row.slice()
  const { at, burst, size } = run.points
  for (let first = 0; first < size;) {
    const slot = Math.floor(at[first]! / slotMs) // first < size
    let end = first
    const said = new Map<number, number>()
    for (; end < size && Math.floor(at[end]! / slotMs) === slot; end++) {
      const one = burst[end]! // end < size
      if (one < 0) continue
      const device = bursts.probe[one]! // one for each burst
      said.set(device, (said.get(device) ?? 0) + speaksFor(run.chain, bursts, one))
    }
    const [against] = [...said].toSorted((a, b) => a[1] - b[1] || a[0] - b[0])
    if (said.size > 1 && against !== undefined)
      for (let k = first; k < end; k++) if (burst[k]! >= 0 && bursts.probe[burst[k]!] === against[0]) row[k] = -1 // k < size
    first = end
  }
  return row
}

/**
 * ln of how much more likely a burst is under a restriction of a network that works without load than under everything
 * else that may explain failures: below 0 it speaks against, also by load and a line that is down.
 */
function speaksFor(chain: Chain, bursts: Bursts, burst: number): number {
  const { levels, loads } = chain
  const offset = bursts.row[burst]! * rowLength(chain) // one for each burst
  let restricted = 0
  let other = 0
  for (let block = 0, at = offset; block < 2 * loads; block++)
    for (let level = 0; level <= levels; level++, at++) {
      const p = bursts.rows[at]! // within the row
      if (block === 0 && level > 0) restricted = Math.max(restricted, p)
      else if (level === 0) other = Math.max(other, p)
    }
  return Math.log(restricted / other)
}

/** Devices with a burst in a stretch; of many those whose bursts say most, either way. */
export function mostInfluential(
  { chain, points }: ChainRun,
  bursts: Bursts,
  [from, to]: PointStretch,
): readonly number[] {
  const sums = new Map<number, number>()
  for (let k = from; k <= to; k++) {
    const burst = points.burst[k]! // within the points
    if (burst < 0) continue
    const device = bursts.probe[burst]! // one for each burst
    sums.set(device, (sums.get(device) ?? 0) + Math.abs(speaksFor(chain, bursts, burst)))
  }
  return [...sums]
    .toSorted(([a, much], [b, more]) => more - much || a - b)
    .slice(0, MOST_TRIED)
    .map(([device]) => device)
}

/** Runs of γ ≥ ½ without one device that touch a stretch, from the first of them to the last; undefined where none does. */
export function touching({ from, restricted }: WithoutOne, [first, last]: PointStretch): PointStretch | undefined {
  const on = (k: number): boolean => restricted[k - from]! >= 0.5
  const end = from + restricted.length - 1
  let low = first
  while (low <= last && !on(low)) low++
  if (low > last) return undefined
  let high = last
  while (!on(high)) high--
  while (low > from && on(low - 1)) low--
  while (high < end && on(high + 1)) high++
  return [low, high]
}

/** A stretch that begins at a local hour, an hour and eight bursts earlier: from there on the chain has forgotten how it began. */
export function fromEarlier({ at, burst }: Points, [from, to]: PointStretch): PointStretch {
  let first = from
  for (let seen = 0; first > 0; first--) {
    const isHour = burst[first]! < 0 // within the points
    if (isHour && seen >= EARLIER_BURSTS && at[from]! - at[first]! >= HOUR_MS) break
    if (!isHour) seen++
  }
  return [first, to]
}
