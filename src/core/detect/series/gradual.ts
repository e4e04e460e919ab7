import { HOUR_MS } from '../../model/duration.ts'
import { lowerBound } from '../chain/columns.ts'
import type { Bursts } from './bursts.ts'
import type { Analysed } from './date-incident.ts'
import { dateIncident } from './date-incident.ts'
import { rowLength } from './evidence.ts'
import { filterForward, type ChainRun } from '../chain/filter.ts'
import { fromEarlier, type PointStretch } from './one-device.ts'
import { smooth } from '../chain/smooth.ts'
import { findSpans } from './spans.ts'
import type { Chain } from '../chain/transition.ts'
import { regionsOf, type Placed } from './without-one.ts'

// Restrictions that reach the devices of a network one after the other, and leave them so (docs/methods/detecting.md,
// section 4, "Device by device"). The chain has one state for all devices: a device that still passes while others fail
// speaks against it, though it only was not reached yet.

/** Failures in a row of one device, nothing passed between, that count as a device that was reached. */
const LEAST_FAILED = 2
/** So long before a device is reached, or after it is released, a passage says less; so long a roll-out may take. */
const ROLL_OUT_MS = HOUR_MS
/** Longer stretches are found without this; a device that fails for longer, or pauses as long, was not reached by a roll-out. */
const LONGEST_MS = 6 * HOUR_MS
/** Chance that a device is not reached yet, or no longer, while another one is. */
const NOT_REACHED = 0.5

/** Least peak of such an incident: what is counted less was chosen with the failures in view. */
const PEAK = 0.95
/** Share of the devices that measured meanwhile which must be reached. */
const LEAST_REACHED = 0.75

/** One device failing without a passage between. */
interface Reached {
  readonly device: number
  readonly from: number
  readonly to: number
  /** Failed bursts. */
  readonly count: number
  /** It has not passed since. */
  readonly running: boolean
}

/** A time in which enough devices were reached one after the other. */
interface RollOut {
  readonly from: number
  readonly to: number
  readonly reached: readonly Reached[]
}

/**
 * Incidents of a short time in which three devices or more fail one after the other, where none is published: the chain
 * is smoothed again over that time with the passages of a device that is just about to be reached, or was just released,
 * counted as half unreached.
 */
export function gradualIncidents(series: Analysed, published: readonly PointStretch[]): readonly Placed[] {
  const { bursts, points, settings, chain } = series
  const found: Placed[] = []
  const known = (core: PointStretch): boolean =>
    [...published, ...found.map((one) => one.core)].some((one) => one[0] <= core[1] && core[0] <= one[1])
  for (const rollOut of rollOutsOf(bursts, settings.floorProbes + 1)) {
    const first = lowerBound(points.at, rollOut.from)
    const last = lowerBound(points.at, rollOut.to)
    if (new Set(rollOut.reached.map(({ device }) => device)).size < LEAST_REACHED * measuredIn(series, [first, last]))
      continue
    if (known([first, last])) continue
    let from = first
    while (from > 0 && points.at[first]! - points.at[from]! < 3 * HOUR_MS) from-- // within the points, here and below
    let to = last
    while (to < points.size - 1 && points.at[to]! - points.at[last]! < 3 * HOUR_MS) to++
    const stretch = fromEarlier(points, [from, to])
    const without = softened(series, chain, rollOut, stretch)
    for (const span of findSpans(without.points, without.smoothed.restricted, {
      peak: Math.max(settings.peak, PEAK),
      bridged: series.bridged,
    })) {
      const core = [span.from + stretch[0], span.to + stretch[0]] as const
      if (known(core)) continue
      const [around] = regionsOf(without, [span])
      const incident = dateIncident(without, span, { without: around!.without, told: { series, core } }) // one for one span
      if (incident.state !== 'insufficient') found.push({ incident, core })
    }
  }
  return found
}

/** Known devices with a burst in a stretch. */
function measuredIn({ points, bursts }: Analysed, [from, to]: PointStretch): number {
  const devices = new Set<number>()
  for (let k = from; k <= to; k++) {
    const device = points.burst[k]! < 0 ? -1 : bursts.probe[points.burst[k]!]! // within the points
    if (device >= 0) devices.add(device)
  }
  return devices.size
}

/** Times of at most six hours in which at least `least` devices fail, all but one twice or more in a row. */
export function rollOutsOf(bursts: Bursts, least: number): readonly RollOut[] {
  const all = reachedOf(bursts).filter(({ from, to }) => to - from <= LONGEST_MS)
  const groups: { from: number; to: number; reached: Reached[] }[] = []
  for (const one of all) {
    const last = groups.at(-1)
    if (last !== undefined && one.from <= last.to + ROLL_OUT_MS / 2) {
      last.reached.push(one)
      last.to = Math.max(last.to, one.to)
    } else groups.push({ from: one.from, to: one.to, reached: [one] })
  }
  return groups.filter(({ from, to, reached }) => {
    const twice = reached.filter(({ count }) => count >= LEAST_FAILED)
    const failures = reached.reduce((sum, { count }) => sum + count, 0)
    return (
      to - from <= LONGEST_MS &&
      devicesOf(reached) >= least &&
      devicesOf(twice) >= least - 1 &&
      failures >= LEAST_FAILED * least - 1
    )
  })
}

/**
 * Whether a series taken up again at a time sees the failures of every device as long or short as the whole series does:
 * the rest of those that last longer than a roll-out is not short enough for one.
 */
export function seesReached(bursts: Bursts): (at: number) => boolean {
  const all = reachedOf(bursts)
  return (at) =>
    all.every(({ from, to, running }) => at <= from || at > to + (running ? LONGEST_MS : 0) || to - at > LONGEST_MS)
}

const devicesOf = (reached: readonly Reached[]): number => new Set(reached.map(({ device }) => device)).size

function reachedOf({ size, at, probe, failed, passed }: Bursts): readonly Reached[] {
  const open = new Map<number, { from: number; to: number; count: number }>()
  const all: Reached[] = []
  const close = (device: number, running = false): void => {
    const run = open.get(device)
    open.delete(device)
    if (run !== undefined) all.push({ device, ...run, running })
  }
  for (let burst = 0; burst < size; burst++) {
    const device = probe[burst]! // one for each burst, here and below
    if (device < 0) continue
    if (passed[burst]! > 0 && failed[burst] === 0) close(device)
    else if (failed[burst]! > 0) {
      const when = at[burst]! // one for each burst
      if (when - (open.get(device)?.to ?? when) > LONGEST_MS) close(device)
      const run = open.get(device)
      open.set(device, { from: run?.from ?? when, to: when, count: (run?.count ?? 0) + 1 })
    }
  }
  for (const device of [...open.keys()]) close(device, true)
  return all.toSorted((a, b) => a.from - b.from || a.device - b.device)
}

/** The series over a stretch, with what passages of devices say that others were reached before or after. */
function softened(series: Analysed, chain: Chain, { from, to, reached }: RollOut, stretch: PointStretch): Analysed {
  const { run, bursts } = series
  const length = rowLength(chain)
  const [first, last] = stretch
  const row = run.row.slice(first, last + 1)
  const made = new Map<number, number>()
  const added: number[] = []
  const soft = (code: number): number => {
    const known = made.get(code)
    if (known !== undefined) return known
    const place = run.rows.length / length + made.size
    made.set(code, place)
    const levels = chain.levels + 1
    for (let at = 0; at < length; at++) {
      const p = run.rows[code * length + at]! // within the row, here and below
      const open = run.rows[code * length + at - (at % levels)]!
      added.push(NOT_REACHED * open + (1 - NOT_REACHED) * p)
    }
    return place
  }
  for (let k = first; k <= last; k++) {
    const burst = run.points.burst[k]! // within the points
    if (burst < 0 || !(bursts.passed[burst]! > 0 && bursts.failed[burst] === 0)) continue
    const at = bursts.at[burst]!
    if (at < from || at > to) continue
    const device = bursts.probe[burst]! // one for each burst
    const near = reached.some(
      (one) =>
        one.device === device &&
        one.count >= LEAST_FAILED &&
        ((at < one.from && one.from - at <= ROLL_OUT_MS) || (at > one.to && at - one.to <= ROLL_OUT_MS)),
    )
    if (near) row[k - first] = soft(row[k - first]!) // within the stretch
  }
  const rows = new Float64Array(run.rows.length + added.length)
  rows.set(run.rows)
  rows.set(added, run.rows.length)
  const points = {
    size: last - first + 1,
    at: run.points.at.subarray(first, last + 1),
    hour: run.points.hour.subarray(first, last + 1),
    burst: run.points.burst.subarray(first, last + 1),
  }
  const local: ChainRun = { chain, points, row, rows, initial: chain.initial }
  const filtered = filterForward(local)
  return { ...series, run: local, points, filtered, smoothed: smooth(local, filtered) }
}
