import { lnChoose } from './gamma.ts'

const ascending = (values: ArrayLike<number>): Float64Array => Float64Array.from(values).sort()

/** Largest distance of the two empirical distribution functions, two-sided; NaN where a sample is empty. */
export function kolmogorovDistance(first: ArrayLike<number>, second: ArrayLike<number>): number {
  const a = ascending(first)
  const b = ascending(second)
  if (a.length === 0 || b.length === 0) return Number.NaN
  let i = 0
  let j = 0
  let distance = 0
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!) // both indices are below their lengths
    while (i < a.length && a[i]! <= value) i++
    while (j < b.length && b[j]! <= value) j++
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length))
  }
  return distance
}

/**
 * Exact two-sided p of the two-sample Kolmogorov–Smirnov test: share of orders of the joint sample whose distance
 * reaches `distance`. Without ties; with ties it is too large, never too small. Takes m · n steps.
 * Source: Hodges, Arkiv för Matematik 3 (1958), counting the orders outside so that small p keep their digits.
 */
export function kolmogorovExactP(distance: number, m: number, n: number): number {
  const steps = Math.round(distance * m * n) - 0.5 // distances are multiples of 1/(m n): no rounding decides
  const outside = (i: number, j: number): boolean => Math.abs(i * n - j * m) > steps
  const row = new Float64Array(n + 1)
  for (let i = 0; i <= m; i++)
    for (let j = 0; j <= n; j++) {
      if (outside(i, j)) row[j] = 1
      else if (i + j === 0) row[j] = 0
      else row[j] = ((i === 0 ? 0 : i * row[j]!) + (j === 0 ? 0 : j * row[j - 1]!)) / (i + j) // indices are in the row
    }
  return row[n]! // the row has n + 1 places
}

/**
 * Two-sided p for large samples: the law of the one-sample distance at the effective size m n/(m + n), rounded, as
 * scipy's `asymp` (closer than Kolmogorov's limit at the sizes of one evening).
 */
export const kolmogorovAsymptoticP = (distance: number, m: number, n: number): number =>
  oneSampleTail(distance, Math.round((m * n) / (m + n)))

/** P(D_n ≥ d) of the one-sample two-sided distance. */
function oneSampleTail(d: number, n: number): number {
  if (!(d > 0) || n === 0) return 1
  if (d >= 1) return 0
  // Twice the one-sided tail is exact from d = ½ on, and to 11 digits from n d² = 4 on (Simard and L'Ecuyer 2011, §2.1).
  if (d >= 0.5 || n * d * d >= 4) return Math.min(1, 2 * oneSidedTail(d, n))
  return n <= 500 ? 1 - distanceBelow(d, n) : limitTail(d * (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)))
}

/** P(D_n⁺ ≥ d), Smirnov's sum of positive terms. */
function oneSidedTail(d: number, n: number): number {
  let sum = 0
  for (let j = 0; j <= n * (1 - d); j++) {
    const rest = 1 - d - j / n
    const last = rest <= 0 ? (j === n ? 0 : -Infinity) : (n - j) * Math.log(rest)
    sum += Math.exp(lnChoose(n, j) + (j - 1) * Math.log(d + j / n) + last)
  }
  return d * sum
}

/** Kolmogorov's limit law, with the argument stretched by Stephens (1970): within 1 % of the law for n above 500. */
function limitTail(t: number): number {
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * t * t)
  return Math.min(1, Math.max(0, sum))
}

type Matrix = readonly Float64Array[]

function multiply(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => {
    const product = new Float64Array(row.length)
    for (let k = 0; k < row.length; k++)
      for (let j = 0; j < row.length; j++) product[j] = product[j]! + row[k]! * b[k]![j]! // square matrices of one size
    return product
  })
}

/** P(D_n < d) by the power of a matrix: Marsaglia, Tsang and Wang, Journal of Statistical Software 8 (2003). */
function distanceBelow(d: number, n: number): number {
  const k = Math.floor(n * d) + 1
  const size = 2 * k - 1
  const h = k - n * d
  const lnFactorial = Array.from({ length: size + 1 }, (_, i) => i).map((_, i, all) =>
    all.slice(1, i + 1).reduce((sum, value) => sum + Math.log(value), 0),
  )
  const at = (i: number, j: number): number => {
    const degree = i - j + 1
    if (degree < 0) return 0
    let value = 1
    if (j === 0) value -= h ** (i + 1)
    if (i === size - 1) value -= h ** (size - j)
    if (i === size - 1 && j === 0 && 2 * h > 1) value += (2 * h - 1) ** size
    return value * Math.exp(-lnFactorial[degree]!) // degree ≤ size
  }
  let base: Matrix = Array.from({ length: size }, (_, i) => Float64Array.from({ length: size }, (_, j) => at(i, j)))
  let power: Matrix | undefined
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power = power === undefined ? base : multiply(power, base)
    if (rest > 1) base = multiply(base, base)
  }
  let lnScale = 0
  for (let i = 1; i <= n; i++) lnScale += Math.log(i / n)
  return power === undefined ? 0 : power[k - 1]![k - 1]! * Math.exp(lnScale) // the matrix has 2k − 1 rows
}
