import { MINUTE_MS } from '../../model/duration.ts'
import type { Edge } from '../../model/incident/incident.ts'
import { isScheduled, type Columns } from '../chain/columns.ts'

/**
 * The readings of a series that were on the regular schedule. Only incidents detected from these may enter a coincidence:
 * people test more when a stream is on, and an evening that is looked at more often shows more.
 */
export function scheduledColumns(columns: Columns): Columns {
  const kept = Array.from({ length: columns.size }, (_, index) => index).filter((index) =>
    isScheduled(columns.outcome[index] ?? 0),
  )
  const pick = (index: number): number => kept[index] ?? 0
  const size = kept.length
  return {
    ...columns,
    size,
    at: Float64Array.from({ length: size }, (_, index) => columns.at[pick(index)] ?? Number.NaN),
    probe: Int32Array.from({ length: size }, (_, index) => columns.probe[pick(index)] ?? -1),
    outcome: Uint8Array.from({ length: size }, (_, index) => columns.outcome[pick(index)] ?? 0),
    log10Lr: Float32Array.from({ length: size }, (_, index) => columns.log10Lr[pick(index)] ?? Number.NaN),
    lnRatio: Float32Array.from({ length: size }, (_, index) => columns.lnRatio[pick(index)] ?? Number.NaN),
    mechanism: Int16Array.from({ length: size }, (_, index) => columns.mechanism[pick(index)] ?? -1),
  }
}

/** Shares of the draws up to each bound of an edge. */
const KNOTS = [0.025, 0.25, 0.5, 0.75, 0.975] as const

/**
 * Gives `count` equally likely instants of an uncertain start, ascending: the quantiles of its 50 % and 95 % intervals,
 * straight lines between them, the outer 5 % at the ends. Strata instead of chance, because the statistic is a sum over
 * onsets: its mean over draws depends on each onset's law alone, and strata give it without noise. Undefined where
 * the start is not dated (the series began restricted).
 */
export function onsetDraws(edge: Edge, count: number): Float64Array | undefined {
  if (edge.kind === 'open') return undefined
  const knots = knotsOf(edge)
  if (knots === undefined) return undefined
  return Float64Array.from({ length: count }, (_, index) => place(knots, (index + 0.5) / count))
}

/** The five quantiles, those missing taken from the bracket, then from the median. */
function knotsOf({ median, lo50, hi50, lo95, hi95, bracket }: Edge): readonly number[] | undefined {
  const middle = median ?? bracket[1] ?? bracket[0]
  if (middle === undefined) return undefined
  const low = lo95 ?? bracket[0] ?? middle
  const high = hi95 ?? bracket[1] ?? middle
  return [low, lo50 ?? (low + middle) / 2, middle, hi50 ?? (middle + high) / 2, high]
}

function place(knots: readonly number[], share: number): number {
  const next = KNOTS.findIndex((knot) => share <= knot)
  if (next === -1) return knots.at(-1)! // five knots
  if (next === 0) return knots[0]! // five knots
  const [before, after] = [KNOTS[next - 1]!, KNOTS[next]!] // 0 < next < 5
  const part = (share - before) / (after - before)
  return knots[next - 1]! + part * (knots[next]! - knots[next - 1]!) // as many as KNOTS
}

/**
 * Onsets of several services and networks as onsets of one thing: every onset within `minutes` of the first of a group
 * belongs to it, and the first represents all. Middles decide, so no chain grows longer than that.
 */
export function mergeOnsets(onsets: readonly Float64Array[], minutes: number): readonly Float64Array[] {
  const middle = (draws: Float64Array): number => draws[draws.length >> 1] ?? Number.NaN
  const sorted = onsets.toSorted((a, b) => middle(a) - middle(b))
  const kept: Float64Array[] = []
  for (const draws of sorted) {
    const first = kept.at(-1)
    if (first === undefined || middle(draws) - middle(first) > minutes * MINUTE_MS) kept.push(draws)
  }
  return kept
}
