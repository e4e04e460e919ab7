import type { Chain, TransitionPiece } from './transition.ts'

/** The three factors of P over one piece as small matrices, row by row: P(i → j) = z · load · down. */
export interface Kernel {
  /** zs × zs, loads × loads, 2 × 2. */
  readonly z: Float64Array
  readonly load: Float64Array
  readonly down: Float64Array
}

export const createKernel = ({ zs, loads }: Chain): Kernel => ({
  z: new Float64Array(zs * zs),
  load: new Float64Array(loads * loads),
  down: new Float64Array(4),
})

/** Writes the matrices of one piece: lumped rates spread over levels, leaves of load alike. */
export function fillKernel({ zs, levels, loads }: Chain, p: TransitionPiece, { z, load, down }: Kernel): void {
  const kindOf = (state: number): number => (state === 0 ? 0 : state <= levels ? 1 : 2)
  for (let i = 0; i < zs; i++)
    for (let j = 0; j < zs; j++) {
      const [from, to] = [kindOf(i), kindOf(j)]
      const lumped = p[from * 3 + to]! // 3 × 3
      const keep = from !== to || from === 0 ? 0 : p[8 + from]!
      z[i * zs + j] = to === 0 ? lumped : Math.max(0, (lumped - keep) / levels + (i === j ? keep : 0))
    }
  for (let i = 0; i < loads; i++)
    for (let j = 0; j < loads; j++)
      load[i * loads + j] =
        loads === 1 ? 1 : i === 0 ? p[j === 0 ? 11 : 12]! : j === 0 ? p[13]! : p[14]! + (i === j ? p[15]! : 0) // numbers of a piece
  for (let k = 0; k < 4; k++) down[k] = p[16 + k]! // numbers of a piece
}
