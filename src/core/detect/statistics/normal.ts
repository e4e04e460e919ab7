const SQRT_2PI = Math.sqrt(2 * Math.PI)

/** 1 − Φ(z) for z ≥ 0: a series near the middle, a continued fraction in the tail. */
function upperTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / SQRT_2PI
  if (z < 3) {
    let term = z
    let sum = z
    for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum) && k < 400; k += 2) sum += term = (term * z * z) / k
    return 0.5 - density * sum
  }
  let fraction = z
  for (let k = 200; k > 0; k--) fraction = z + k / fraction
  return density / fraction
}

/** Distribution function of the standard normal law; relative error about 1e-14 in the lower tail. */
export const normalCdf = (z: number): number => (z < 0 ? upperTail(-z) : 1 - upperTail(z))

/**
 * Quantile of the standard normal law, for p in [0, 1]: the closed form of P. J. Acklam (relative error 1.15e-9), then
 * two steps of Halley's method, which leave the error of the distribution function.
 */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return -Infinity
  if (!(p < 1)) return Infinity
  if (p > 0.5) return -normalQuantile(1 - p)
  let z = firstGuess(p)
  for (let step = 0; step < 2; step++) {
    const error = (normalCdf(z) - p) * SQRT_2PI * Math.exp((z * z) / 2)
    z -= error / (1 + (z * error) / 2)
  }
  return z
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
]
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1]
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1]

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)

function firstGuess(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p))
    return polynomial(C, q) / polynomial(D, q)
  }
  const q = p - 0.5
  return (q * polynomial(A, q * q)) / polynomial(B, q * q)
}
