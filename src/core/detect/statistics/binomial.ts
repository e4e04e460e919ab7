import { betaQuantile } from './beta.ts'
import { normalQuantile } from './normal.ts'

/** Lower and upper bound of a share. */
export type ShareInterval = readonly [number, number]

const tail = (confidence: number): number => (1 - confidence) / 2

/**
 * Clopper–Pearson interval of a share, k of n: never holds the truth less often than said, and is therefore wide.
 * [0, 1] for n = 0. Source: Clopper and Pearson, Biometrika 26 (1934).
 */
export function clopperPearson(k: number, n: number, confidence = 0.95): ShareInterval {
  const p = tail(confidence)
  return [k <= 0 ? 0 : betaQuantile(p, k, n - k + 1), k >= n ? 1 : betaQuantile(1 - p, k + 1, n - k)]
}

/** Wilson's score interval of a share, k of n, without continuity correction; [0, 1] for n = 0. */
export function wilson(k: number, n: number, confidence = 0.95): ShareInterval {
  if (n === 0) return [0, 1]
  const z = normalQuantile(1 - tail(confidence))
  const share = k / n
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return [k === 0 ? 0 : middle - half, k === n ? 1 : middle + half]
}

/**
 * Jeffreys interval of a share, k of n: quantiles of Beta(k + ½, n − k + ½), with the end at k = 0 or k = n moved to
 * the edge. [0, 1] for n = 0. Source: Brown, Cai and DasGupta, Statistical Science 16 (2001).
 */
export function jeffreys(k: number, n: number, confidence = 0.95): ShareInterval {
  const p = tail(confidence)
  return [k === 0 ? 0 : betaQuantile(p, k + 0.5, n - k + 0.5), k === n ? 1 : betaQuantile(1 - p, k + 0.5, n - k + 0.5)]
}
