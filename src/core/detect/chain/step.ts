import type { Chain, TransitionPiece } from './transition.ts'

// The three factors are applied one after the other on a vector of states: P = P_down ⊗ P_load ⊗ P_z is never built.

/** `vector` ← `vector` · P over one piece of time, in place. Row vectors: filtered probabilities. */
export function advance(chain: Chain, piece: TransitionPiece, vector: Float64Array): void {
  forwardZ(chain, piece, vector)
  if (chain.loads > 1) forwardLoad(chain, piece, vector)
  forwardDown(chain, piece, vector)
}

/** `vector` ← P · `vector` over one piece of time, in place. Column vectors: what is still to come. */
export function retreat(chain: Chain, piece: TransitionPiece, vector: Float64Array): void {
  backwardZ(chain, piece, vector)
  if (chain.loads > 1) backwardLoad(chain, piece, vector)
  backwardDown(chain, piece, vector)
}

/* Indices below stay inside the vector: blocks · zs = size, and levels ≥ 1. */
function forwardZ({ zs, levels, size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const share = 1 / levels
  const keepS = p[9]!
  const keepL = p[10]! // within vector and piece
  for (let base = 0; base < size; base += zs) {
    let short = 0
    let long = 0
    for (let j = 1; j <= levels; j++) {
      short += v[base + j]! // within vector and piece
      long += v[base + levels + j]!
    }
    const open = v[base]!
    const toShort = (open * p[1]! + short * (p[4]! - keepS) + long * p[7]!) * share // within vector and piece
    const toLong = (open * p[2]! + short * p[5]! + long * (p[8]! - keepL)) * share
    v[base] = open * p[0]! + short * p[3]! + long * p[6]!
    for (let j = 1; j <= levels; j++) {
      const s = toShort + keepS * v[base + j]! // within vector and piece
      const l = toLong + keepL * v[base + levels + j]!
      v[base + j] = s > 0 ? s : 0
      v[base + levels + j] = l > 0 ? l : 0
    }
  }
}

function backwardZ({ zs, levels, size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const share = 1 / levels
  const keepS = p[9]! // within vector and piece
  const keepL = p[10]!
  for (let base = 0; base < size; base += zs) {
    let short = 0
    let long = 0
    for (let j = 1; j <= levels; j++) {
      short += v[base + j]! // within vector and piece
      long += v[base + levels + j]!
    }
    short *= share
    long *= share
    const open = v[base]! // within vector and piece
    const fromShort = open * p[3]! + short * (p[4]! - keepS) + long * p[5]!
    const fromLong = open * p[6]! + short * p[7]! + long * (p[8]! - keepL)
    v[base] = open * p[0]! + short * p[1]! + long * p[2]!
    for (let j = 1; j <= levels; j++) {
      const s = fromShort + keepS * v[base + j]! // within vector and piece
      const l = fromLong + keepL * v[base + levels + j]!
      v[base + j] = s > 0 ? s : 0
      v[base + levels + j] = l > 0 ? l : 0
    }
  }
}

function forwardLoad({ zs, loads, size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const keep = p[15]! // within vector and piece
  for (let half = 0; half < size; half += zs * loads)
    for (let z = half; z < half + zs; z++) {
      let leaves = 0
      for (let at = z + zs; at < half + zs * loads; at += zs) leaves += v[at]! // within vector and piece
      const none = v[z]!
      const common = none * p[12]! + leaves * p[14]!
      v[z] = none * p[11]! + leaves * p[13]!
      for (let at = z + zs; at < half + zs * loads; at += zs) v[at] = common + keep * v[at]! // within vector and piece
    }
}

function backwardLoad({ zs, loads, size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const keep = p[15]! // within vector and piece
  for (let half = 0; half < size; half += zs * loads)
    for (let z = half; z < half + zs; z++) {
      let leaves = 0
      for (let at = z + zs; at < half + zs * loads; at += zs) leaves += v[at]! // within vector and piece
      const none = v[z]!
      const common = none * p[13]! + leaves * p[14]!
      v[z] = none * p[11]! + leaves * p[12]!
      for (let at = z + zs; at < half + zs * loads; at += zs) v[at] = common + keep * v[at]! // within vector and piece
    }
}

function forwardDown({ size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const half = size / 2
  const upUp = p[16]! // within vector and piece
  const upDown = p[17]!
  const downUp = p[18]!
  const downDown = p[19]!
  for (let k = 0; k < half; k++) {
    const up = v[k]! // within vector and piece
    const down = v[half + k]!
    v[k] = up * upUp + down * downUp
    v[half + k] = up * upDown + down * downDown
  }
}

function backwardDown({ size }: Chain, p: TransitionPiece, v: Float64Array): void {
  const half = size / 2
  const upUp = p[16]! // within vector and piece
  const upDown = p[17]!
  const downUp = p[18]!
  const downDown = p[19]!
  for (let k = 0; k < half; k++) {
    const up = v[k]! // within vector and piece
    const down = v[half + k]!
    v[k] = up * upUp + down * upDown
    v[half + k] = up * downUp + down * downDown
  }
}

/** `vector` ← `vector` ∘ row `row` of the evidence; rows hold (down, load, level) with the level 0 = open, shared by kinds. */
export function weigh(chain: Chain, rows: Float64Array, row: number, vector: Float64Array): void {
  const { levels, zs, size } = chain
  let at = row * ((size / zs) * (levels + 1))
  for (let base = 0; base < size; base += zs) {
    vector[base]! *= rows[at]! // within vector and piece
    for (let j = 1; j <= levels; j++) {
      const weight = rows[at + j]!
      vector[base + j]! *= weight
      vector[base + levels + j]! *= weight // within vector and piece
    }
    at += levels + 1
  }
}

/** Scales a vector to sum 1 and gives the sum; a vector without any mass is left as it is and gives 0. */
export function normalise(vector: Float64Array): number {
  let sum = 0
  for (let k = 0; k < vector.length; k++) sum += vector[k]! // k < length
  if (!(sum > 0)) return 0
  const scale = 1 / sum
  for (let k = 0; k < vector.length; k++) vector[k]! *= scale // k < length
  return sum
}
