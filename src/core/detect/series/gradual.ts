import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { lowerBound } from '../chain/columns.ts'
import type { Bursts } from './bursts.ts'
import type { Analysed } from './date-incident.ts'
import { dateIncident } from './date-incident.ts'
import { rowLength } from './evidence.ts'
import { filterForward, type ChainRun } from '../chain/filter.ts'
import { fromEarlier, mostInfluential, runWithout, type PointStretch, type WithoutOne } from './one-device.ts'
import { smooth } from '../chain/smooth.ts'
import { findSpans } from './spans.ts'
import { overlaps, type Placed } from './without-one.ts'

// Restrictions that reach the devices of a network one after the other, and leave them so (docs/methods/detecting.md,
// section 4, "Device by device"). The chain has one state for all devices: a device that still passes while others fail
// speaks against it, though it only was not reached yet.

/** A device that is not reached yet is reached at a constant rate: on average after so long. */
const REACHED_AFTER_MS = HOUR_MS / 2
/** A restriction begins at most so long before the first device that failed; times of that are tried so far apart. */
const ROLL_OUT_MS = HOUR_MS
const TRIED_MS = 10 * MINUTE_MS
/** Longer stretches are found without this; a device that fails for longer was not reached by a roll-out. */
const LONGEST_MS = 6 * HOUR_MS
/** What a device did last is what it does now for so long. */
const RECENT_MS = HOUR_MS
/** Share of the devices that measured lately which must fail at one time for a roll-out to be looked for. */
const LEAST_REACHED = 0.6

/** An incident of all devices at once is dated as a roll-out where that is so many times surer. */
const FAR_SURER = 10

/** A time in which enough devices fail at once, each since its own failure. */
interface RollOut {
  /** First failures of the devices that fail, and the last burst at which enough of them do. */
  readonly from: number
  readonly latest: number
  readonly to: number
}

/**
 * Incidents of a short time in which the devices of a network are reached one after the other, if none of `published` is
 * there or only those that are far less sure: they are replaced.
 * The chain is smoothed again over that time under each time at which the roll-out may have begun: γ is of all of them by
 * their likelihood, so that nothing is gained by the choice.
 */
export function gradualIncidents(series: Analysed, published: readonly Placed[]): readonly Placed[] {
  const { bursts, points, settings } = series
  const found: Placed[] = []
  for (const rollOut of rollOutsOf(bursts, { devices: settings.floorProbes + 1, share: LEAST_REACHED })) {
    const first = lowerBound(points.at, rollOut.from)
    const last = lowerBound(points.at, rollOut.to)
    let from = first
    while (from > 0 && points.at[first]! - points.at[from]! < 3 * HOUR_MS) from-- // within the points, here and below
    let to = last
    while (to < points.size - 1 && points.at[to]! - points.at[last]! < 3 * HOUR_MS) to++
    const stretch = fromEarlier(points, [from, to])
    const { likeliest, restricted } = rolledOut(series, rollOut, stretch)
    let without: readonly WithoutOne[] | undefined
    for (const span of findSpans(likeliest.points, restricted, { peak: settings.peak, bridged: series.bridged })) {
      const core = [span.from + stretch[0], span.to + stretch[0]] as const
      const most = oddsOf(span) / FAR_SURER
      if (found.some((one) => overlaps(one.core, core))) continue
      if (published.some((one) => overlaps(one.core, core) && oddsOf(one.incident) > most)) continue
      without ??= rolledOutWithoutEach(series, rollOut, stretch)
      const incident = dateIncident(likeliest, span, { without, told: { series, core } })
      if (incident.state !== 'insufficient') found.push({ incident, core })
    }
  }
  return found
}

const oddsOf = ({ peak }: { readonly peak: number }): number => peak / (1 - peak)

/** One device failing without a passage between. */
interface Failing {
  readonly from: number
  readonly to: number
}

/**
 * Times in which at least so many devices fail at once, and such a share of those that measured in the last hour. A device
 * fails from a failure to its next passage, for an hour after its last one.
 */
export function rollOutsOf(
  { size, at, probe, failed, passed }: Bursts,
  least: { readonly devices: number; readonly share: number },
): readonly RollOut[] {
  const failing = new Map<number, Failing & { passed: boolean }>()
  const measured = new Map<number, number>()
  const found: { from: number; latest: number; to: number }[] = []
  for (let burst = 0; burst < size; burst++) {
    const device = probe[burst]! // one for each burst, here and below
    const now = at[burst]!
    const hasFailed = failed[burst]! > 0
    if (device < 0 || (!hasFailed && passed[burst]! === 0)) continue
    measured.set(device, now)
    const before = failing.get(device)
    if (!hasFailed) {
      if (before === undefined) continue
      if (before.passed) failing.delete(device)
      else before.passed = true
      continue
    }
    failing.set(device, { from: before?.from ?? now, to: now, passed: false })
    const fresh = [...failing.values()].filter(({ from, to }) => now - to <= RECENT_MS && now - from <= LONGEST_MS)
    const all = [...measured.values()].filter((when) => now - when <= RECENT_MS).length
    if (fresh.length < least.devices || fresh.length < least.share * all) continue
    const from = Math.min(...fresh.map((one) => one.from))
    const latest = Math.max(...fresh.map((one) => one.from))
    const last = found.at(-1)
    if (last !== undefined && from <= last.to) {
      last.from = Math.min(last.from, from)
      last.latest = Math.max(last.latest, latest)
      last.to = now
    } else found.push({ from, latest, to: now })
  }
  return found.filter(({ from, to }) => to - from <= LONGEST_MS)
}

/**
 * The series over a stretch under the time at which the roll-out most likely began, and γ over it. Roll-outs are as frequent as
 * restrictions of all devices at once, and as likely to begin at each of the times tried: both ways of being restricted
 * add up, and being open is the same under either.
 */
function rolledOut(
  series: Analysed,
  { from, latest }: RollOut,
  stretch: PointStretch,
): { readonly likeliest: Analysed; readonly restricted: Float64Array } {
  const atOnce = reachedFrom(series, Infinity, stretch)
  const tried: Analysed[] = []
  for (let at = from - ROLL_OUT_MS; at < latest; at += TRIED_MS) tried.push(reachedFrom(series, at, stretch))
  const likeliest = tried.reduce((a, b) => (b.filtered.logLikelihood > a.filtered.logLikelihood ? b : a))
  const relative = ({ filtered }: Analysed): number =>
    Math.exp(filtered.logLikelihood - likeliest.filtered.logLikelihood)
  const restricted = atOnce.smoothed.restricted.map((p, k) => {
    let hit = 0
    let open = 0
    for (const one of tried) {
      const share = relative(one) / tried.length
      hit += share * one.smoothed.restricted[k]! // of one length
      open += share * (1 - one.smoothed.restricted[k]!)
    }
    const both = hit + relative(atOnce) * p
    return both / (both + Math.max(open, relative(atOnce) * (1 - p)))
  })
  return { likeliest, restricted }
}

/**
 * γ over a stretch without each device, by the whole rule: also the roll-out is looked for without it. Where it was only
 * left out of what the roll-out that all devices show says, it would still have chosen when that began.
 */
function rolledOutWithoutEach(series: Analysed, { from, to }: RollOut, stretch: PointStretch): readonly WithoutOne[] {
  const { bursts, settings } = series
  return mostInfluential(series.run, bursts, stretch).map((device) => {
    const run = runWithout(series.run, bursts, { device, stretch })
    const others = { ...bursts, probe: bursts.probe.map((probe) => (probe === device ? -1 : probe)) }
    // That enough of the devices fail is given by all of them: devices that tell nothing would hide a restriction here.
    const least = { devices: settings.floorProbes, share: 0 }
    const left = rollOutsOf(others, least).find((other) => other.from <= to && other.to >= from)
    const restricted =
      left === undefined
        ? smooth(run, filterForward(run)).restricted
        : rolledOut({ ...series, run, points: run.points }, left, [0, run.points.size - 1]).restricted
    // Indices as those of the stretch by itself.
    return { device, from: 0, restricted }
  })
}

/**
 * The series over a stretch as it is if a roll-out begins at a time: what a burst then says of a restriction is the mean
 * of what it says of a device that is reached and of one that is not, by the chance that it was not reached before it.
 * That chance follows from the bursts of the device since the roll-out began (two states, one way).
 */
function reachedFrom(series: Analysed, begins: number, stretch: PointStretch): Analysed {
  const { run, bursts, chain } = series
  const [first, last] = stretch
  const length = rowLength(chain)
  const levels = chain.levels + 1
  const row = run.row.slice(first, last + 1)
  const codes = bursts.row.slice()
  const added: number[] = []
  const since = new Map<number, { at: number; readonly unreached: Float64Array }>()
  for (let k = first; k <= last; k++) {
    const burst = run.points.burst[k]! // within the points
    if (burst < 0 || run.row[k]! < 0 || bursts.at[burst]! < begins) continue // one for each burst, here and below
    const device = bursts.probe[burst]!
    if (device < 0) continue
    const at = bursts.at[burst]!
    const known = since.get(device) ?? { at: begins, unreached: new Float64Array(levels).fill(1) }
    since.set(device, known)
    const stays = Math.exp(-(at - known.at) / REACHED_AFTER_MS)
    known.at = at
    const offset = run.row[k]! * length // within the points, here and below
    for (let level = 1; level < levels; level++) known.unreached[level]! *= stays // below the number of levels, here and below
    for (let place = 0; place < length; place++) {
      const level = place % levels
      const open = run.rows[offset + place - level]!
      const unreached = level === 0 ? 0 : known.unreached[level]! // below the number of levels and within the row, here and below
      added.push(unreached * open + (1 - unreached) * run.rows[offset + place]!)
    }
    const made = added.length - length
    for (let level = 1; level < levels; level++) known.unreached[level]! *= run.rows[offset]! / added[made + level]! // without load, the network up
    codes[burst] = run.rows.length / length + made / length
    row[k - first] = codes[burst]! // within the stretch
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
  return {
    ...series,
    bursts: { ...bursts, row: codes, rows },
    run: local,
    points,
    filtered,
    smoothed: smooth(local, filtered),
  }
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

/** A run of failures of one device without a passage between. */
interface Reached extends Failing {
  /** It has not passed since. */
  readonly running: boolean
}

function reachedOf({ size, at, probe, failed, passed }: Bursts): readonly Reached[] {
  const open = new Map<number, Failing>()
  const all: Reached[] = []
  const close = (device: number, running = false): void => {
    const run = open.get(device)
    open.delete(device)
    if (run !== undefined) all.push({ ...run, running })
  }
  for (let burst = 0; burst < size; burst++) {
    const device = probe[burst]! // one for each burst, here and below
    if (device < 0) continue
    if (passed[burst]! > 0 && failed[burst] === 0) close(device)
    else if (failed[burst]! > 0) {
      const when = at[burst]! // one for each burst
      if (when - (open.get(device)?.to ?? when) > LONGEST_MS) close(device)
      const run = open.get(device)
      open.set(device, { from: run?.from ?? when, to: when })
    }
  }
  for (const device of [...open.keys()]) close(device, true)
  return all
}
