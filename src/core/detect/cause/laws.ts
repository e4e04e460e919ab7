import type { Random } from '../chain/random.ts'

/** A draw from the beta law with both parameters above 0. */
export function drawBetaLaw(random: Random, a: number, b: number): number {
  const first = drawGammaLaw(random, a)
  const second = drawGammaLaw(random, b)
  return first / (first + second)
}

/** A draw from the gamma law of unit scale (Marsaglia and Tsang 2000; for shape below 1 by its boost). */
export function drawGammaLaw(random: Random, shape: number): number {
  if (shape < 1) return drawGammaLaw(random, shape + 1) * random.next() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormalLaw(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(random.next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** A draw from the standard normal law (Box and Muller). */
export const drawNormalLaw = (random: Random): number =>
  Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next())
