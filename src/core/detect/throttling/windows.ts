import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { lowerBound } from '../chain/columns.ts'
import { createRandom } from '../chain/random.ts'
import { flipGreaterP } from '../statistics/flip.ts'
import { median } from '../statistics/quantile.ts'
import { type Baseline, baselineBefore, hourOf, wantsEarlier } from './baseline.ts'
import type { ProbeRounds } from './rounds.ts'

/**
 * Lengths of windows, and whether more than half of the probes measured must be slow, or half. An hour holds two to four
 * rounds and slides 35,000 times a year; of whole days the baseline knows fourteen: chance fills half of six probes.
 */
export const WINDOWS = [
  { hours: 1, majority: true },
  { hours: 3, majority: false },
  { hours: 24, majority: true },
] as const
/** ln of the least ratio that is called slow. */
export const LEAST_RATIO = Math.log(1.5)
export const LEAST_PROBES = 3
/** The flip test of fewer clusters can never be significant; from here on it must agree. */
const FLIP_FROM = 7
const FLIP_LEVEL = 0.05

/** An interval in milliseconds, the end not included. */
export interface Interval {
  readonly from: number
  readonly until: number
}

/** A window in which the rule holds; `excess` by affected probe (place in the list of rounds). */
export interface SlowWindow extends Interval {
  readonly affected: readonly number[]
  readonly measured: number
}

export interface WindowSettings {
  readonly scheduleMinutes: number
  /** Of the drawn flips; every window has draws of its own, so that no window depends on how many came before. */
  readonly seed: number
  /** When the same pair was slow from abroad too: no window that touches it is throttling. */
  readonly slowAbroad: readonly Interval[]
  /** Where a series is taken up again: first day (its midnight, milliseconds) and what was set aside before. */
  readonly known?: KnownWindows
  /** Probes that must be slow and measured; one fewer where one is left out. */
  readonly leastProbes?: number
}

/** What stands of a series before a day: everything is found again from that day on. */
export interface KnownWindows {
  readonly from: number
  readonly aside: readonly Interval[]
  /** All earlier rounds that there are are at hand. */
  readonly complete?: boolean
}

/** One probe on one day: its rounds of the last two days against a baseline that ends before them. */
interface ProbeDay {
  readonly place: number
  readonly rounds: ProbeRounds
  readonly baseline: Baseline
  readonly offset: number
  /** Rounds before each place that exceed the median by the least ratio: a window needs half of its own. */
  readonly high: Int32Array
}

/**
 * Every window of 1, 3 and 24 hours, at the schedule's step, in which the rule of throttling holds. Days go in order:
 * what one of them finds is left out of the baseline of the later ones. Undefined where a series taken up again has
 * too few earlier rounds at hand. Method: docs/methods/throttling.md.
 */
export function slowWindows(
  probes: readonly ProbeRounds[],
  settings: WindowSettings,
): readonly SlowWindow[] | undefined {
  const first = probes.reduce((least, { at }) => Math.min(least, at[0] ?? Infinity), Infinity)
  const last = probes.reduce((most, { at }) => Math.max(most, at.at(-1) ?? -Infinity), -Infinity)
  const aside = probes.map(({ at }) => new Uint8Array(at.length))
  for (const interval of settings.known?.aside ?? []) markAside(probes, aside, interval)
  const found: SlowWindow[] = []
  const leastProbes = settings.leastProbes ?? LEAST_PROBES
  for (let day = settings.known?.from ?? Math.floor(first / DAY_MS) * DAY_MS; day <= last; day += DAY_MS) {
    const short = (rounds: ProbeRounds, place: number): boolean => wantsEarlier(rounds, day - DAY_MS, aside[place]!) // one list a probe
    if (settings.known !== undefined && settings.known.complete !== true && probes.some(short)) return undefined
    const ready = probes.flatMap((rounds, place) => {
      const made = probeDay(rounds, place, { day, aside: aside[place]! }) // one list a probe
      return made === undefined ? [] : [made]
    })
    if (ready.length < leastProbes) continue
    const here = windowsOfDay(ready, day, { ...settings, leastProbes, last })
    for (const window of here) markAside(probes, aside, window)
    found.push(...here)
  }
  return found
}

/** Marks the rounds of an interval as no part of what is usual; one list of marks a probe. */
export function markAside(
  probes: readonly ProbeRounds[],
  aside: readonly Uint8Array[],
  { from, until }: Interval,
): void {
  probes.forEach(({ at }, place) => aside[place]?.fill(1, lowerBound(at, from), lowerBound(at, until)))
}

function probeDay(
  rounds: ProbeRounds,
  place: number,
  { day, aside }: { readonly day: number; readonly aside: Uint8Array },
): ProbeDay | undefined {
  const offset = lowerBound(rounds.at, day - DAY_MS)
  const end = lowerBound(rounds.at, day + DAY_MS)
  if (offset === end) return undefined
  const baseline = baselineBefore(rounds, day - DAY_MS, aside)
  if (baseline === undefined) return undefined
  const high = new Int32Array(end - offset + 1)
  for (let k = offset; k < end; k++) {
    const above = rounds.lnRatio[k]! - baseline.median >= LEAST_RATIO // k is in the rounds
    high[k - offset + 1] = high[k - offset]! + (above ? 1 : 0)
  }
  return { place, rounds, baseline, offset, high }
}

const seedOf = (seed: number, until: number): number => (seed ^ Math.floor(until / MINUTE_MS)) >>> 0

type DaySettings = WindowSettings & { readonly last: number; readonly leastProbes: number }

function windowsOfDay(days: readonly ProbeDay[], day: number, settings: DaySettings): readonly SlowWindow[] {
  const step = settings.scheduleMinutes * MINUTE_MS
  const found: SlowWindow[] = []
  const places = days.map(() => new Int32Array(1 + WINDOWS.length))
  for (let until = day + step; until <= day + DAY_MS && until - step <= settings.last; until += step) {
    // One list of places a probe.
    days.forEach(({ rounds, offset }, k) => advance(rounds, { until, places: places[k]!, offset }))
    WINDOWS.forEach(({ hours, majority }, size) => {
      const from = until - hours * HOUR_MS
      const expected = (hours * 60) / settings.scheduleMinutes
      const least = Math.min(4, Math.max(1, Math.floor(expected / 2)))
      const spans = days.flatMap((probe, k) => {
        const first = places[k]![size + 1]! // a place for the end and one a length
        const end = places[k]![0]!
        return end - first < least ? [] : [{ probe, first, end }]
      })
      const quorum = Math.max(
        settings.leastProbes,
        majority ? Math.floor(spans.length / 2) + 1 : Math.ceil(spans.length / 2),
      )
      if (!mayHold(spans, quorum) || settings.slowAbroad.some((slow) => slow.from < until && slow.until > from)) return
      const affected = ruleHolds(spans, {
        quorum,
        hour: hourOf((from + until) / 2),
        seed: seedOf(settings.seed, until),
      })
      if (affected !== undefined) found.push({ from, until, affected, measured: spans.length })
    })
  }
  return found
}

/** Moves the end and the starts of the windows, counted in rounds from the offset of the day. */
function advance(
  { at }: ProbeRounds,
  { until, places, offset }: { readonly until: number; readonly places: Int32Array; readonly offset: number },
): void {
  const move = (place: number, limit: number): void => {
    // A place for the end and one for each length; the round is inside by the first condition.
    while (offset + places[place]! < at.length && at[offset + places[place]!]! < limit) places[place]!++
  }
  move(0, until)
  WINDOWS.forEach(({ hours }, size) => move(size + 1, until - hours * HOUR_MS))
}

/** Rounds of one probe in one window, counted from the offset of the day. */
interface Span {
  readonly probe: ProbeDay
  readonly first: number
  readonly end: number
}

/** A median reaches the least ratio only where half of the rounds do: most windows end here. */
function mayHold(spans: readonly Span[], quorum: number): boolean {
  if (spans.length < quorum) return false
  let likely = 0
  for (const { probe, first, end } of spans) if (2 * (probe.high[end]! - probe.high[first]!) >= end - first) likely++ // inside the day
  return likely >= quorum
}

interface Rule {
  readonly quorum: number
  readonly hour: number
  readonly seed: number
}

/** The places of the affected probes where the rule holds; undefined where it does not. */
function ruleHolds(spans: readonly Span[], { quorum, hour, seed }: Rule): readonly number[] | undefined {
  const excesses = spans.map(
    ({ probe, first, end }) =>
      median(probe.rounds.lnRatio.subarray(probe.offset + first, probe.offset + end)) - probe.baseline.median,
  )
  // Baselines are asked only where the ratios alone would do: their quantiles cost most.
  if (excesses.filter((excess) => excess >= LEAST_RATIO).length < quorum) return undefined
  const affected = spans.flatMap(({ probe, first, end }, k) => {
    const excess = excesses[k]! // one a span
    const unusual = excess >= LEAST_RATIO && excess > probe.baseline.usualExcess(end - first, hour)
    const controls = probe.rounds.lnControl.subarray(probe.offset + first, probe.offset + end)
    return unusual && controlIsUsual(probe, controls, hour) ? [probe.place] : []
  })
  if (affected.length < quorum) return undefined
  return spans.length < FLIP_FROM || flipGreaterP(excesses, createRandom(seed)) <= FLIP_LEVEL ? affected : undefined
}

/**
 * Whether the control of a probe is within its own baseline: its median neither 1.5 times above its own 99 % nor 1.5
 * times below its usual time. Load slows both halves and cancels; a control that itself was disturbed says nothing.
 */
function controlIsUsual({ baseline }: ProbeDay, controls: Float64Array, hour: number): boolean {
  const timed = controls.filter(Number.isFinite)
  if (timed.length === 0 || !Number.isFinite(baseline.medianControl())) return true
  const excess = median(timed) - baseline.medianControl()
  return excess >= -LEAST_RATIO && excess <= baseline.usualControlExcess(timed.length, hour) + LEAST_RATIO
}
