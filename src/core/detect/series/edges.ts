import { MINUTE_MS } from '../../model/duration.ts'
import type { Edge } from '../../model/incident/incident.ts'
import { instant, type Instant } from '../../model/units.ts'
import type { Bursts } from './bursts.ts'
import type { Points } from '../chain/points.ts'

/** Last open and first failed, or last failed and first open, milliseconds. */
export type Bracket = readonly [number | undefined, number | undefined]
export interface Brackets {
  readonly start: Bracket
  readonly end: Bracket
}

const at = (ms: number | undefined): Instant | undefined =>
  ms === undefined || !Number.isFinite(ms) ? undefined : instant(Math.round(ms))

/** Draws that have an incident, ascending. */
const ordered = (draws: Float64Array): Float64Array => draws.filter((value) => !Number.isNaN(value)).toSorted()
/** The nearest draw and nothing between two: one of them may be infinite. NaN for none. */
const drawAt = (ascending: Float64Array, q: number): number =>
  ascending[Math.round((ascending.length - 1) * q)] ?? Number.NaN

/** What an edge is made of. */
export interface EdgeInput {
  readonly bracket: Bracket
  readonly flat: number
  readonly staggerMinutes: number
  /** Share of draws beyond each outer bound. */
  readonly tail: number
  /** What passed next to this edge was outside: it is not beyond that. Absent: it may have been a leak. */
  readonly outer?: 'start' | 'end' | undefined
}

/** Gives an edge from its draws (milliseconds; ∓Infinity beyond the series; NaN: no incident in that draw). */
export function edgeOf(draws: Float64Array, { bracket, flat, staggerMinutes, tail, outer: side }: EdgeInput): Edge {
  const sorted = side === undefined ? ordered(draws) : withinOuter(ordered(draws), bracket, side)
  const margin = staggerMinutes * MINUTE_MS
  const low = side === 'start' ? bracket[0] : undefined
  const high = side === 'end' ? bracket[1] : undefined
  const quantile = (q: number, step: number): Instant | undefined =>
    at(Math.max(low ?? -Infinity, Math.min(high ?? Infinity, drawAt(sorted, q) + step * margin)))
  const median = quantile(0.5, 0)
  const found: [keyof Edge, Instant | undefined][] = [
    ['median', median],
    ['lo50', quantile(0.25, -1)],
    ['hi50', quantile(0.75, 1)],
    ['lo95', quantile(tail, -1)],
    ['hi95', quantile(1 - tail, 1)],
    ['flatMedian', at(flat)],
  ]
  return {
    kind: median === undefined ? 'open' : 'dated',
    bracket: [at(bracket[0]), at(bracket[1])],
    ...Object.fromEntries(found.filter(([, value]) => value !== undefined)),
  }
}

/** Least draws that must lie beyond the outer measurement; with fewer the edge is spread evenly over its bracket. */
const LEAST_WITHIN = 40

/**
 * Draws of an edge given that what passed next to it was outside: none is before the last passage (start) or after the
 * first (end). All of them where that side of the bracket is not known.
 */
function withinOuter(ascending: Float64Array, [low, high]: Bracket, side: 'start' | 'end'): Float64Array {
  const outer = side === 'start' ? low : high
  if (outer === undefined) return ascending
  const kept = ascending.filter((value) => (side === 'start' ? value >= outer : value <= outer))
  if (kept.length >= LEAST_WITHIN || low === undefined || high === undefined) return kept.length > 0 ? kept : ascending
  return Float64Array.from({ length: LEAST_WITHIN }, (_, k) => low + ((k + 0.5) / LEAST_WITHIN) * (high - low))
}

/** An edge that no one device moves out of its 95 % interval, and of an end whether it is still to come for all of them. */
export interface Widened {
  readonly edge: Edge
  readonly running: boolean
}

/**
 * Widens the 95 % interval of an edge to those of `others`: the same edge without one device each, between their outer
 * bounds (`tail`). If one device lies, the date of the honest ones is inside. An end that one device
 * alone denies, or alone says, is open and not said to be still to come: neither rests on one device.
 */
export function widened(edge: Edge, others: readonly Edge[], side: 'start' | 'end'): Widened {
  const all = [edge, ...others]
  const open = all.filter(({ kind }) => kind === 'open').length
  const { median, lo50, hi50, lo95: _, hi95: __, flatMedian, ...rest } = edge
  // A bound that is absent lies beyond the series: before it for a start, after it for an end.
  const lo95 = outermost(
    all.map((one) => one.lo95),
    side === 'start' ? -Infinity : Infinity,
    Math.min,
  )
  const hi95 = outermost(
    all.map((one) => one.hi95),
    side === 'start' ? -Infinity : Infinity,
    Math.max,
  )
  const bounds = { ...(lo95 === undefined ? {} : { lo95 }), ...(hi95 === undefined ? {} : { hi95 }) }
  if (side === 'end' && open > 0 && edge.kind === 'dated')
    return { edge: { kind: 'open', bracket: edge.bracket, ...bounds }, running: false }
  return {
    edge: {
      ...rest,
      ...(median === undefined ? {} : { median }),
      ...(lo50 === undefined ? {} : { lo50 }),
      ...(hi50 === undefined ? {} : { hi50 }),
      ...bounds,
      ...(flatMedian === undefined ? {} : { flatMedian }),
    },
    running: open === all.length,
  }
}

function outermost(
  bounds: readonly (Instant | undefined)[],
  absent: number,
  of: (...values: number[]) => number,
): Instant | undefined {
  const found = of(...bounds.map((one) => one ?? absent))
  return Number.isFinite(found) ? instant(found) : undefined
}

/** Median of the draws that have an incident; infinite beyond the series. */
export const medianOf = (draws: Float64Array): number => drawAt(ordered(draws), 0.5)

/** A path of restricted (1) or open (0) at the points of a window. */
export interface Path {
  readonly from: number
  readonly restricted: Uint8Array
}

/**
 * Gives the hard brackets along the most likely path, for the stretch of it that touches the run `core`: from the last
 * burst that passed to the first that failed, and from the last that failed to the first that passed and lasted.
 */
export function bracketsOf(
  series: { readonly points: Points; readonly bursts: Bursts },
  path: Path,
  core: readonly [number, number],
): Brackets {
  const { points, bursts } = series
  const { from, restricted } = path
  const on = (k: number): boolean => restricted[k - from] === 1
  let first = core[0]
  while (first <= core[1] && !on(first)) first++
  let last = core[1]
  while (last >= core[0] && !on(last)) last--
  if (first > last) [first, last] = core
  while (first > from && on(first - 1)) first--
  while (last < from + restricted.length - 1 && on(last + 1)) last++
  /** Nearest point from k in one direction whose burst says `failed` or passed; a mixed one says both. */
  const nearest = (k: number, step: 1 | -1, failed: boolean): number | undefined => {
    for (let point = k; point >= 0 && point < points.size; point += step) {
      const burst = points.burst[point]! // point < size
      if (burst >= 0 && (failed ? bursts.failed : bursts.passed)[burst]! > 0) return point
    }
    return undefined
  }
  const timeOf = (point: number | undefined): number | undefined => (point === undefined ? undefined : points.at[point])
  // The path may be restricted from the first point on, through passages that it takes for leaks: what passed before the
  // first failure is nearer all the same.
  const firstFailed = nearest(first, 1, true)
  const lastFailed = nearest(last, -1, true)
  return {
    start: withinBurst(bursts, points.burst[firstFailed ?? -1] ?? -1) ?? [
      timeOf(nearest((firstFailed ?? first) - 1, -1, false)),
      timeOf(firstFailed),
    ],
    end: [timeOf(lastFailed), timeOf(nearest((lastFailed ?? last) + 1, 1, false))],
  }
}

/** The bracket of a start within one burst that began by passing. */
function withinBurst({ failedAt, passedAt }: Bursts, burst: number): Bracket | undefined {
  const [passed = Number.NaN, failed = Number.NaN] = [passedAt[burst], failedAt[burst]]
  return passed < failed ? [passed, failed] : undefined
}
