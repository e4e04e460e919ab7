import { pieceTo, type ChainRun } from './filter.ts'
import { createKernel, fillKernel } from './kernel.ts'
import type { SmoothWindow } from './smooth.ts'
import { weigh } from './step.ts'
import { createPiece } from './transition.ts'

/**
 * Gives the most likely path of a window as states, one for each point: max-product with back pointers, begun from the
 * filtered vector at the window's first point and ended with the message from beyond its last. A maximum over the
 * product of chains is taken factor by factor. Ties go to the lower state.
 */
export function likeliestPath(run: ChainRun, frame: SmoothWindow): Uint8Array {
  const { chain } = run
  const { size, zs, loads } = chain
  const count = frame.to - frame.from + 1
  const best = frame.filtered.slice(0, size)
  const pointers = new Uint8Array(count * size)
  const kernel = createKernel(chain)
  const piece = createPiece()
  const from = new Uint8Array(size)
  for (let k = 1; k < count; k++) {
    pieceTo(run, frame.from + k, piece)
    fillKernel(chain, piece, kernel)
    for (let state = 0; state < size; state++) from[state] = state
    maximise({ value: best, from }, kernel.z, { stride: 1, count: zs })
    if (loads > 1) maximise({ value: best, from }, kernel.load, { stride: zs, count: loads })
    maximise({ value: best, from }, kernel.down, { stride: zs * loads, count: 2 })
    pointers.set(from, k * size)
    const row = run.row[frame.from + k]! // one for each point
    if (row >= 0) weigh(chain, run.rows, row, best)
    scale(best)
  }
  let state = 0
  for (let other = 1; other < size; other++)
    if (best[other]! * frame.beyond[other]! > best[state]! * frame.beyond[state]!) state = other // states below size
  const path = new Uint8Array(count)
  for (let k = count - 1; k >= 0; k--) {
    path[k] = state
    state = pointers[k * size + state]! // pointers are states
  }
  return path
}

/** Best value of each state so far, and the state at the point before from which it came. */
interface Best {
  readonly value: Float64Array
  readonly from: Uint8Array
}

const oldValue = new Float64Array(64)
const oldFrom = new Uint8Array(64)

/** Takes the maximum over one factor, whose `count` positions lie `stride` apart. */
function maximise(
  { value, from }: Best,
  matrix: Float64Array,
  { stride, count }: { stride: number; count: number },
): void {
  for (let base = 0; base < value.length; base++) {
    if (Math.floor(base / stride) % count !== 0) continue
    for (let i = 0; i < count; i++) {
      oldValue[i] = value[base + i * stride]! // base + (count − 1) · stride stays below length
      oldFrom[i] = from[base + i * stride]!
    }
    for (let j = 0; j < count; j++) {
      let source = 0
      let most = -1
      for (let i = 0; i < count; i++) {
        const reached = oldValue[i]! * matrix[i * count + j]! // count × count
        if (reached > most) {
          most = reached
          source = i
        }
      }
      value[base + j * stride] = most
      from[base + j * stride] = oldFrom[source]! // states of the chain
    }
  }
}

function scale(values: Float64Array): void {
  let most = 0
  for (const value of values) if (value > most) most = value
  if (most > 0) for (let k = 0; k < values.length; k++) values[k]! /= most // k < length
}
