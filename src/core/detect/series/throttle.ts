import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import type { CurvePoint, Edge } from '../../model/incident/incident.ts'
import type { Instant } from '../../model/units.ts'
import { instant } from '../../model/units.ts'
import { lowerBound } from '../chain/columns.ts'
import type { DetectSettings } from '../chain/settings.ts'
import { median } from '../statistics/quantile.ts'
import { type Baseline, baselineBefore, wantsEarlier } from '../throttling/baseline.ts'
import { clusterLocation } from '../throttling/cluster-location.ts'
import { type EdgeRound, throttleEdges } from '../throttling/edges.ts'
import { type ProbeRounds, roundsOf, type TimedPairs } from '../throttling/rounds.ts'
import {
  type Interval,
  type KnownWindows,
  LEAST_RATIO,
  markAside,
  type SlowWindow,
  slowWindows,
} from '../throttling/windows.ts'

const EXTREME = 10
/** Windows this near to each other are one slowness. */
const JOIN = HOUR_MS
/** One window alone is chance: what lasts fills several, each a step further. */
const LEAST_WINDOWS = 3
/** What is looked at before the first and after the last window for the edges. */
const AROUND = 6 * HOUR_MS
const TEMPER = 2
/** The curve reaches so far beyond both ends, and has at most so many points. */
const MARGIN = 2 * HOUR_MS
const MOST_CURVE = 400

/** A time in which one service was slower than its control against what each probe is used to. */
export interface Throttling {
  readonly start: Edge
  readonly end: Edge
  readonly running: boolean
  /** How many times slower than usual, over the affected probes, with its 95 % interval. */
  readonly ratio: { readonly value: number; readonly lo95: number; readonly hi95: number }
  /** Ten times slower or more: not usable. */
  readonly extreme: boolean
  /** Indices of the affected probes, and how many were measured at most in one window. */
  readonly affected: readonly number[]
  readonly probes: number
  readonly probesMeasured: number
  /** The end of the third window in which the rule held: when it could be said. */
  readonly raisedAt: Instant
  /** The end of the first of them. */
  readonly shownAt: Instant
  /** Rounds of all probes with a baseline between start and end, and those at least half as slow again as usual. */
  readonly rounds: number
  readonly roundsSlow: number
  /** P(the slowness holds) around it. */
  readonly curve: readonly CurvePoint[]
}

export interface ThrottleOptions {
  /** Nothing later has been received; the last round where absent. Decides whether a slowness goes on. */
  readonly until?: number
  /** When the same pair was slow from an uncensored vantage point too. */
  readonly slowAbroad?: readonly Interval[]
  /** Where the series is taken up again; earlier rounds serve only as baseline. */
  readonly known?: KnownWindows
}

/** Every slowness of a series, and every interval that is no part of what is usual, the shorter ones included. */
export interface Slowness {
  readonly found: readonly Throttling[]
  readonly aside: readonly Interval[]
}

/**
 * Throttling in one series: times in which the ratio of target to control, as a median over rounds of a window, exceeds
 * each probe's own 14-day median by 1.5 and its own 99 % in at least three probes and half of those measured; from
 * seven probes on a flip test over probes must agree; in three windows at least. Says nothing in the first eight days of
 * a series. Same input and seed, same result. Method: docs/methods/throttling.md.
 */
export function detectThrottling(
  pairs: TimedPairs,
  settings: Pick<DetectSettings, 'scheduleMinutes' | 'seed'>,
  options: Omit<ThrottleOptions, 'known'> = {},
): readonly Throttling[] {
  return findSlowness(pairs, settings, options)?.found ?? []
}

/** The same, with what a later run has to know. Undefined where a series taken up again must be read as a whole. */
export function findSlowness(
  pairs: TimedPairs,
  settings: Pick<DetectSettings, 'scheduleMinutes' | 'seed'>,
  options: ThrottleOptions = {},
): Slowness | undefined {
  const { known } = options
  const probes = roundsOf(pairs, (settings.scheduleMinutes * MINUTE_MS) / 3)
  const windows = slowWindows(probes, {
    scheduleMinutes: settings.scheduleMinutes,
    seed: settings.seed,
    slowAbroad: options.slowAbroad ?? [],
    ...(known === undefined ? {} : { known }),
  })
  if (windows === undefined) return undefined
  const until = options.until ?? pairs.at.at(-1) ?? 0
  const aside = probes.map(({ at }) => new Uint8Array(at.length))
  const intervals = unionOf([...(known?.aside ?? []), ...windows])
  for (const interval of intervals) markAside(probes, aside, interval)
  const groups = joined(windows).filter((group) => group.windows.length >= LEAST_WINDOWS)
  const short = ({ from }: Group): boolean => probes.some((rounds, place) => wantsEarlier(rounds, from, aside[place]!)) // one list a probe
  if (known !== undefined && groups.some(short)) return undefined
  const found = groups.map((group, k) =>
    describe(group, {
      probes,
      aside,
      until,
      after: groups[k - 1]?.until ?? -Infinity,
      before: groups[k + 1]?.from ?? Infinity,
    }),
  )
  return { found, aside: intervals }
}

/** Intervals that together cover what these cover, none touching another. */
function unionOf(intervals: readonly Interval[]): readonly Interval[] {
  const union: { from: number; until: number }[] = []
  for (const { from, until } of intervals.toSorted((a, b) => a.from - b.from)) {
    const last = union.at(-1)
    if (last !== undefined && from <= last.until) last.until = Math.max(last.until, until)
    else union.push({ from, until })
  }
  return union
}

interface Group extends Interval {
  readonly windows: readonly SlowWindow[]
}

/** Windows joined where they overlap or lie near each other. */
function joined(windows: readonly SlowWindow[]): readonly Group[] {
  const groups: { from: number; until: number; windows: SlowWindow[] }[] = []
  for (const slow of windows.toSorted((a, b) => a.from - b.from || a.until - b.until)) {
    const before = groups.at(-1)
    if (before !== undefined && slow.from <= before.until + JOIN) {
      before.windows.push(slow)
      before.until = Math.max(before.until, slow.until)
    } else groups.push({ from: slow.from, until: slow.until, windows: [slow] })
  }
  return groups
}

/** A probe with what was usual for it before the slowness. */
interface Usual {
  readonly place: number
  readonly rounds: ProbeRounds
  readonly baseline: Baseline
}

interface Surroundings {
  readonly probes: readonly ProbeRounds[]
  readonly aside: readonly Uint8Array[]
  readonly until: number
  /** End of the slowness before this one and start of the next. */
  readonly after: number
  readonly before: number
}

function describe(group: Group, { probes, aside, until, after, before }: Surroundings): Throttling {
  const all = probes.flatMap((rounds, place): readonly Usual[] => {
    const baseline = baselineBefore(rounds, group.from, aside[place]!) // one list a probe
    return baseline === undefined ? [] : [{ place, rounds, baseline }]
  })
  const places = new Set(group.windows.flatMap(({ affected }) => affected))
  const usual = all.filter(({ place }) => places.has(place))
  const inside = usual.flatMap((probe) => excessBetween(probe, group.from, group.until))
  const shift = median(inside.filter((excess) => excess >= LEAST_RATIO))
  const running = group.until >= until && lastHourIsSlow(usual, until)
  const around = roundsBetween(usual, Math.max(after, group.from - AROUND), Math.min(before, group.until + AROUND))
  const { start, end, slow } = throttleEdges(around, { shift, temper: TEMPER, running })
  const [from, last] = [start.median ?? group.from, end.median ?? group.until]
  const excesses = all.flatMap((probe) => excessBetween(probe, from, last + 1))
  const ends = group.windows.map((one) => one.until).toSorted((a, b) => a - b)
  return {
    start,
    end,
    running,
    ...sizeOf(usual, from, last),
    probesMeasured: group.windows.reduce((most, { measured }) => Math.max(most, measured), 0),
    raisedAt: instant(ends[LEAST_WINDOWS - 1] ?? group.until),
    shownAt: instant(ends[0] ?? group.until),
    rounds: excesses.length,
    roundsSlow: excesses.filter((excess) => excess >= LEAST_RATIO).length,
    curve: curveOf(around, slow, { from: from - MARGIN, until: last + MARGIN }),
  }
}

/** How much slower, over the probes that were slow between start and end. */
function sizeOf(
  usual: readonly Usual[],
  from: number,
  last: number,
): Pick<Throttling, 'ratio' | 'extreme' | 'affected' | 'probes'> {
  const values = usual.map((probe) => ({ probe, excess: median(excessBetween(probe, from, last + 1)) }))
  const slow = values.filter(({ excess }) => excess >= LEAST_RATIO)
  const kept = slow.length >= 3 ? slow : values.filter(({ excess }) => Number.isFinite(excess))
  const located = clusterLocation(kept.map(({ excess }) => excess))
  const ratio = { value: Math.exp(located.value), lo95: Math.exp(located.low), hi95: Math.exp(located.high) }
  return {
    ratio,
    extreme: ratio.value >= EXTREME,
    affected: kept.map(({ probe }) => probe.rounds.probe),
    probes: kept.length,
  }
}

/** P(the slowness holds) at rounds of an interval; of many, evenly spread ones. */
function curveOf(rounds: readonly EdgeRound[], slow: Float64Array, { from, until }: Interval): readonly CurvePoint[] {
  const points = rounds.flatMap(({ at }, k) => (at < from || at > until ? [] : [{ at: instant(at), p: slow[k]! }])) // one a round
  const step = Math.ceil(points.length / MOST_CURVE)
  return points.filter((_, k) => k % step === 0 || k === points.length - 1)
}

const excessBetween = ({ rounds, baseline }: Usual, from: number, until: number): readonly number[] =>
  Array.from(
    rounds.lnRatio.subarray(lowerBound(rounds.at, from), lowerBound(rounds.at, until)),
    (value) => value - baseline.median,
  )

const lastHourIsSlow = (usual: readonly Usual[], until: number): boolean =>
  median(usual.flatMap((probe) => excessBetween(probe, until - HOUR_MS, until + 1))) >= LEAST_RATIO

function roundsBetween(usual: readonly Usual[], from: number, until: number): readonly EdgeRound[] {
  return usual
    .flatMap(({ rounds, baseline }) => {
      const [first, last] = [lowerBound(rounds.at, from), lowerBound(rounds.at, until)]
      const spread = baseline.spread()
      return Array.from(rounds.at.subarray(first, last), (at, k) => ({
        at,
        excess: rounds.lnRatio[first + k]! - baseline.median, // the columns of a probe have one length
        spread,
      }))
    })
    .toSorted((a, b) => a.at - b.at)
}
