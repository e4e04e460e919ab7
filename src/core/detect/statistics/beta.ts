import { lnBeta } from './gamma.ts'

const TINY = 1e-300
const EPSILON = 1e-16

/** Lentz' continued fraction of the incomplete beta function (DLMF 8.17.22); fast where x < (a + 1)/(a + b + 2). */
function continuedFraction(x: number, a: number, b: number): number {
  const away = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / away(1 - ((a + b) * x) / (a + 1))
  let h = d
  const most = 500 + 10 * Math.ceil(Math.sqrt(Math.max(a, b)))
  for (let m = 1; m <= most; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    h *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    h *= d * c
    if (Math.abs(d * c - 1) < EPSILON) break
  }
  return h
}

/**
 * Regularised incomplete beta function I_x(a, b), the distribution function of Beta(a, b) at x, for a, b > 0.
 * Values outside [0, 1] are cut to 0 and 1.
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x > 0)) return 0
  if (!(x < 1)) return 1
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) - lnBeta(a, b))
  if (x < (a + 1) / (a + b + 2)) return (front * continuedFraction(x, a, b)) / a
  return 1 - (front * continuedFraction(1 - x, b, a)) / b
}

/**
 * Quantile of Beta(a, b): the x with I_x(a, b) = p, for a, b > 0 and p in [0, 1].
 * By halving: 1,100 halvings reach the smallest double, the usual 60 its last digit; slow and never lost.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (!(p > 0)) return 0
  if (!(p < 1)) return 1
  let low = 0
  let high = 1
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return middle
    if (incompleteBeta(middle, a, b) < p) low = middle
    else high = middle
  }
}
