import { defined } from '../../model/defined.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
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
  LEAST_PROBES,
  LEAST_RATIO,
  markAside,
  type SlowWindow,
  slowWindows,
  type WindowSettings,
} from '../throttling/windows.ts'

const EXTREME = 10
/** Windows this near to each other are one slowness. */
const JOIN = HOUR_MS
/** One window alone is chance: what lasts fills several, each a step further. */
const LEAST_WINDOWS = 3
/** What is looked at before the first and after the last window for the edges. */
const AROUND = 6 * HOUR_MS
const TEMPER = 2
/** Probes that are left out one at a time: those slow in the most windows. */
const MOST_TRIED = 16
/** The curve reaches so far beyond both ends, and has at most so many points. */
const MARGIN = 2 * HOUR_MS
const MOST_CURVE = 400

/** A time in which one service was slower than its control against what each probe is used to. */
export interface Throttling {
  readonly start: Edge
  readonly end: Edge
  readonly running: boolean
  /** Without some one probe the rule, with one probe fewer, finds nothing in its time. */
  readonly restsOnOne: boolean
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
  const probes = roundsOf(pairs, (settings.scheduleMinutes * MINUTE_MS) / 3)
  const window = { ...settings, slowAbroad: options.slowAbroad ?? [], ...(options.known && { known: options.known }) }
  const until = options.until ?? pairs.at.at(-1) ?? 0
  const all = slownessOf(probes, window, until)
  return (
    all && {
      aside: all.aside,
      found: all.groups.map((group) => withoutEach(group, { probes, window, until, aside: all.aside })),
    }
  )
}

/** A slowness with the windows that show it. */
interface Described {
  readonly group: Group
  readonly told: Throttling
}

function slownessOf(
  probes: readonly ProbeRounds[],
  settings: WindowSettings,
  until: number,
): { readonly groups: readonly Described[]; readonly aside: readonly Interval[] } | undefined {
  const { known } = settings
  const windows = slowWindows(probes, settings)
  if (windows === undefined) return undefined
  const aside = probes.map(({ at }) => new Uint8Array(at.length))
  const intervals = unionOf([...(known?.aside ?? []), ...windows])
  for (const interval of intervals) markAside(probes, aside, interval)
  const groups = joined(windows).filter((group) => group.windows.length >= LEAST_WINDOWS)
  const short = ({ from }: Group): boolean => probes.some((rounds, place) => wantsEarlier(rounds, from, aside[place]!)) // one list a probe
  if (known !== undefined && known.complete !== true && groups.some(short)) return undefined
  const described = groups.map((group, k) => ({
    group,
    told: describe(group, {
      probes,
      aside,
      until,
      after: groups[k - 1]?.until ?? -Infinity,
      before: groups[k + 1]?.from ?? Infinity,
    }),
  }))
  return { groups: described, aside: intervals }
}

interface Whole {
  readonly probes: readonly ProbeRounds[]
  readonly window: WindowSettings
  readonly until: number
  readonly aside: readonly Interval[]
}

/**
 * A slowness as it is without any one affected probe: the rule is asked again without each, with one probe fewer. Where it
 * finds nothing the slowness rests on that one; else the intervals of its ends reach over all answers.
 */
function withoutEach({ group, told }: Described, { probes, window, until, aside }: Whole): Throttling {
  const day = Math.floor(group.from / DAY_MS) * DAY_MS - DAY_MS
  const known = { from: day, aside: aside.filter((one) => one.until <= day), complete: true }
  const settings = { ...window, known, leastProbes: LEAST_PROBES - 1 }
  const near = probes.map((rounds) => roundsBefore(rounds, group.until + AROUND))
  const answers = mostAffected(group).map((place) => {
    const found = slownessOf(
      near.filter((_, k) => k !== place),
      settings,
      until,
    )
    return (found?.groups ?? []).filter((one) => one.group.from < group.until && one.group.until > group.from)
  })
  const runs = answers.flatMap((one) => one.map((other) => other.told))
  return {
    ...told,
    restsOnOne: answers.some((one) => one.length === 0),
    start: widened(
      told.start,
      runs.map(({ start }) => start),
    ),
    end: widened(
      told.end,
      runs.map(({ end }) => end),
    ),
  }
}

function mostAffected({ windows }: Group): readonly number[] {
  const counts = new Map<number, number>()
  for (const place of windows.flatMap(({ affected }) => affected)) counts.set(place, (counts.get(place) ?? 0) + 1)
  return [...counts]
    .toSorted(([a, many], [b, more]) => more - many || a - b)
    .slice(0, MOST_TRIED)
    .map(([place]) => place)
}

function roundsBefore({ probe, at, lnRatio, lnControl }: ProbeRounds, until: number): ProbeRounds {
  const end = lowerBound(at, until)
  const before = (column: Float64Array): Float64Array => column.subarray(0, end)
  return { probe, at: before(at), lnRatio: before(lnRatio), lnControl: before(lnControl) }
}

/** An edge whose intervals reach over those of others that are dated, too. */
function widened(edge: Edge, others: readonly Edge[]): Edge {
  if (edge.kind !== 'dated') return edge
  const all = [edge, ...others.filter(({ kind }) => kind === 'dated')]
  const least = (of: (one: Edge) => Instant | undefined) =>
    all.map(of).reduce((a, b) => (b !== undefined && (a === undefined || b < a) ? b : a))
  const most = (of: (one: Edge) => Instant | undefined) =>
    all.map(of).reduce((a, b) => (b !== undefined && (a === undefined || b > a) ? b : a))
  const reach = {
    lo50: least((one) => one.lo50),
    hi50: most((one) => one.hi50),
    lo95: least((one) => one.lo95),
    hi95: most((one) => one.hi95),
  }
  return {
    ...edge,
    ...defined(reach),
    bracket: [least(({ bracket }) => bracket[0]), most(({ bracket }) => bracket[1])],
  }
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
    restsOnOne: false,
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
  const located = clusterLocation(
    (slow.length > 0 ? slow : values.filter(({ excess }) => Number.isFinite(excess))).map(({ excess }) => excess),
  )
  const ratio = { value: Math.exp(located.value), lo95: Math.exp(located.low), hi95: Math.exp(located.high) }
  return {
    ratio,
    extreme: ratio.value >= EXTREME,
    affected: slow.map(({ probe }) => probe.rounds.probe),
    probes: slow.length,
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
