import { CHUNK, replay, stepBackward, stepForward, type Filtered, type ChainRun } from './filter.ts'
import { createPiece } from './transition.ts'

/** What all readings together say. */
export interface Smoothed {
  /** γ: P(restricted | all readings) at each point. */
  readonly restricted: Float64Array
  /** Backward messages at the last point of each chunk. */
  readonly kept: Float64Array
}

/** Smooths backwards over a filtered series: γ_k ∝ a_k ∘ b_k, b_k = P(Δ_{k+1}) (evidence_{k+1} ∘ b_{k+1}). */
export function smooth(run: ChainRun, filtered: Filtered): Smoothed {
  const { chain, points } = run
  const { size } = points
  const restricted = new Float64Array(size)
  const chunks = Math.ceil(size / CHUNK)
  const kept = new Float64Array(chunks * chain.size)
  const block = new Float64Array(Math.min(CHUNK, size) * chain.size)
  const vector = new Float64Array(chain.size).fill(1 / chain.size)
  const piece = createPiece()
  for (let chunk = chunks - 1; chunk >= 0; chunk--) {
    const from = chunk * CHUNK
    const to = Math.min(size, from + CHUNK) - 1
    replay(run, filtered, { from, to, into: block })
    for (let k = to; k >= from; k--) {
      if (k < size - 1) stepBackward(run, k, { vector, piece })
      if (k === to) kept.set(vector, chunk * chain.size)
      restricted[k] = joined(run, block, (k - from) * chain.size, vector)
    }
  }
  return { restricted, kept }
}

function joined({ chain }: ChainRun, block: Float64Array, offset: number, vector: Float64Array): number {
  let all = 0
  let open = 0
  for (let base = 0; base < chain.size; base += chain.zs) {
    const first = block[offset + base]! * vector[base]! // block and vector hold every state
    open += first
    all += first
    for (let z = base + 1; z < base + chain.zs; z++) all += block[offset + z]! * vector[z]!
  }
  const p = 1 - open / all
  return p > 0 ? p : 0
}

/** A window of a smoothed series: filtered vectors of its points, and the message from beyond its end. */
export interface SmoothWindow {
  readonly from: number
  readonly to: number
  readonly filtered: Float64Array
  /** b at `to`. */
  readonly beyond: Float64Array
}

/** Computes a window of points `from` to `to`, both included, again. */
export function openWindow(
  run: ChainRun,
  passes: { filtered: Filtered; smoothed: Smoothed },
  [from, to]: readonly [number, number],
): SmoothWindow {
  const { chain, points } = run
  const filtered = new Float64Array((to - from + 1) * chain.size)
  replay(run, passes.filtered, { from, to, into: filtered })
  const chunk = Math.floor(to / CHUNK)
  const vector = passes.smoothed.kept.slice(chunk * chain.size, (chunk + 1) * chain.size)
  const piece = createPiece()
  for (let k = Math.min(points.size, (chunk + 1) * CHUNK) - 2; k >= to; k--) stepBackward(run, k, { vector, piece })
  return { from, to, filtered, beyond: vector }
}

/** Filters a window again under another chain, from the same beginning and with the same message from beyond. */
export function smoothWindow(run: ChainRun, frame: SmoothWindow): SmoothWindow {
  const { chain } = run
  const filtered = new Float64Array(frame.filtered.length)
  const vector = frame.filtered.slice(0, chain.size)
  const piece = createPiece()
  filtered.set(vector)
  for (let k = frame.from + 1; k <= frame.to; k++) {
    stepForward(run, k, { vector, piece })
    filtered.set(vector, (k - frame.from) * chain.size)
  }
  return { ...frame, filtered }
}
