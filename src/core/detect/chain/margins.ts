import { stepBackward, type ChainRun } from './filter.ts'
import type { SmoothWindow } from './smooth.ts'
import { normalise } from './step.ts'
import { createPiece } from './transition.ts'

/** Smoothed probabilities of every state at every point of a window. */
export interface Margins {
  /** One vector for each point, one after the other. */
  readonly full: Float64Array
  /** P(restricted) at each point. */
  readonly restricted: Float64Array
}

/** Gives the smoothed margins of a window: filtered vector times backward message. */
export function marginsOf(run: ChainRun, frame: SmoothWindow): Margins {
  const { chain } = run
  const count = frame.to - frame.from + 1
  const full = new Float64Array(count * chain.size)
  const restricted = new Float64Array(count)
  const vector = frame.beyond.slice()
  const piece = createPiece()
  const joint = new Float64Array(chain.size)
  for (let k = count - 1; k >= 0; k--) {
    if (k < count - 1) stepBackward(run, frame.from + k, { vector, piece })
    for (let state = 0; state < chain.size; state++)
      joint[state] = frame.filtered[k * chain.size + state]! * vector[state]! // both hold every state
    normalise(joint)
    full.set(joint, k * chain.size)
    let open = 0
    for (let state = 0; state < chain.size; state += chain.zs) open += joint[state]! // state < size
    restricted[k] = 1 - open
  }
  return { full, restricted }
}
