import { HOUR_MS } from '../../model/duration.ts'
import type { Bursts } from '../series/bursts.ts'
import type { Points } from './points.ts'
import { advance, normalise, retreat, weigh } from './step.ts'
import { createPiece, fillPiece, type Chain, type TransitionPiece } from './transition.ts'

/** A chain over the points of one series: what forward and backward passes need. */
export interface ChainRun {
  readonly chain: Chain
  readonly points: Points
  /** Row of evidence of each point, −1 where nothing was observed. */
  readonly row: Int32Array
  readonly rows: Float64Array
  /** Row of only the first reading of a burst that continues, −1 elsewhere; absent if `early` is not asked for. */
  readonly firstRow?: Int32Array
  /** P(state) before the first point. */
  readonly initial: Float64Array
}

/** Rows of the bursts at their points. */
export const burstRows = (points: Points, bursts: Bursts): Int32Array =>
  points.burst.map((burst) => (burst < 0 ? -1 : bursts.row[burst]!)) // every burst has a row

/** Rows of the first readings of the bursts that go on, at their points. */
export const firstRowsOf = (points: Points, bursts: Bursts): Int32Array =>
  points.burst.map((burst) => (burst < 0 ? -1 : bursts.firstRow[burst]!)) // one for each burst

/** Points between two stored vectors: passes are computed again inside, so that a year needs kilobytes. */
export const CHUNK = 512

/** The forward filter of a whole series. */
export interface Filtered {
  /** P(restricted | readings up to each point). */
  readonly restricted: Float64Array
  /** The same after the first reading alone of a burst that goes on; elsewhere equal to `restricted`. */
  readonly early: Float64Array
  /** Filtered vectors at the first point of each chunk. */
  readonly kept: Float64Array
  /** ln P(readings up to the first point of each chunk). */
  readonly keptLog: Float64Array
  /** Filtered vector at the last point; the initial one without points. */
  readonly last: Float64Array
  /** ln P(readings). */
  readonly logLikelihood: number
}

/** Writes the piece of time that ends at point k. */
export function pieceTo({ chain, points }: ChainRun, k: number, piece: TransitionPiece): void {
  fillPiece(chain, piece, points.hour[k]!, (points.at[k]! - points.at[k - 1]!) / HOUR_MS) // 0 < k < size
}

/** Filters forward with scaled vectors: a_k ∝ (a_{k−1} P(Δ_k)) ∘ evidence_k. */
export function filterForward(run: ChainRun): Filtered {
  const { chain, points } = run
  const { size } = points
  const restricted = new Float64Array(size)
  const kept = new Float64Array(Math.ceil(size / CHUNK) * chain.size)
  const keptLog = new Float64Array(Math.ceil(size / CHUNK))
  const early = new Float64Array(size)
  const vector = Float64Array.from(run.initial)
  const first = new Float64Array(chain.size)
  const piece = createPiece()
  let logLikelihood = 0
  for (let k = 0; k < size; k++) {
    move(run, k, { vector, piece })
    const alone = run.firstRow?.[k] ?? -1
    if (alone >= 0) {
      first.set(vector)
      weigh(chain, run.rows, alone, first)
      normalise(first)
    }
    logLikelihood += observe(run, k, vector)
    restricted[k] = massOf(chain, vector)
    early[k] = alone >= 0 ? massOf(chain, first) : restricted[k]! // one for each point
    if (k % CHUNK === 0) {
      kept.set(vector, (k / CHUNK) * chain.size)
      keptLog[k / CHUNK] = logLikelihood
    }
  }
  return { restricted, early, kept, keptLog, last: vector, logLikelihood }
}

/** What a pass carries along. */
export interface Carried {
  readonly vector: Float64Array
  readonly piece: TransitionPiece
}

/** Moves a filtered vector to point k, its observation not yet seen. */
function move(run: ChainRun, k: number, { vector, piece }: Carried): void {
  if (k === 0) return
  pieceTo(run, k, piece)
  advance(run.chain, piece, vector)
}

/** Takes in what was observed at point k and gives ln of the scale. */
function observe(run: ChainRun, k: number, vector: Float64Array): number {
  const row = run.row[k]! // k < size
  if (row < 0) return 0
  weigh(run.chain, run.rows, row, vector)
  return Math.log(normalise(vector))
}

/** Moves a filtered vector to point k and takes in what was observed there; gives ln of the scale. */
export function stepForward(run: ChainRun, k: number, carried: Carried): number {
  move(run, k, carried)
  return observe(run, k, carried.vector)
}

/** Moves a backward message from point k + 1 to point k; scaled to sum 1. */
export function stepBackward(run: ChainRun, k: number, { vector, piece }: Carried): void {
  const row = run.row[k + 1]! // k + 1 < size
  if (row >= 0) weigh(run.chain, run.rows, row, vector)
  pieceTo(run, k + 1, piece)
  retreat(run.chain, piece, vector)
  normalise(vector)
}

/** P(restricted) of a vector that sums to 1. */
export function massOf(chain: Chain, vector: Float64Array): number {
  let open = 0
  for (let k = 0; k < chain.size; k += chain.zs) open += vector[k]! // k < size
  const mass = 1 - open
  return mass > 0 ? mass : 0
}

/** Writes the filtered vectors of points from `from` to `to` (both included) one after the other into `into`. */
export function replay(
  run: ChainRun,
  filtered: Filtered,
  { from, to, into }: { from: number; to: number; into: Float64Array },
): void {
  const { chain } = run
  const start = Math.floor(from / CHUNK) * CHUNK
  const piece = createPiece()
  const vector = filtered.kept.slice((start / CHUNK) * chain.size, (start / CHUNK + 1) * chain.size)
  if (start >= from) into.set(vector, 0)
  for (let k = start + 1; k <= to; k++) {
    stepForward(run, k, { vector, piece })
    if (k >= from) into.set(vector, (k - from) * chain.size)
  }
}

/** Gives the filter at one point: its vector and ln P(readings up to it). */
export function filterAt(
  run: ChainRun,
  filtered: Filtered,
  point: number,
): { readonly vector: Float64Array; readonly logLikelihood: number } {
  const { chain } = run
  const chunk = Math.floor(point / CHUNK)
  const vector = filtered.kept.slice(chunk * chain.size, (chunk + 1) * chain.size)
  const piece = createPiece()
  let logLikelihood = filtered.keptLog[chunk]! // one for each chunk
  for (let k = chunk * CHUNK + 1; k <= point; k++) logLikelihood += stepForward(run, k, { vector, piece })
  return { vector, logLikelihood }
}
