import type { Random } from './random.ts'
import { normalQuantile } from '../statistics/normal.ts'

/** A draw of the standard normal law, by its inverse: one uniform draw each, so that streams stay in step. */
export const drawNormal = (random: Random): number => normalQuantile(random.next())

/** A draw of Gamma(shape, 1), shape > 0. Source: Marsaglia and Tsang 2000, with their boost below 1. */
export function drawGamma(random: Random, shape: number): number {
  if (shape < 1) return drawGamma(random, shape + 1) * random.next() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(random.next()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}

/** A draw of Beta(a, b), a and b > 0. */
export function drawBeta(random: Random, a: number, b: number): number {
  const x = drawGamma(random, a)
  const y = drawGamma(random, b)
  return x / (x + y)
}
