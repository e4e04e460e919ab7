import { betaQuantile } from './beta.ts'

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

/**
 * Jeffreys interval of a share, k of n: quantiles of Beta(k + ½, n − k + ½), with the end at k = 0 or k = n moved to
 * the edge. [0, 1] for n = 0. Source: Brown, Cai and DasGupta, Statistical Science 16 (2001).
 */
export function jeffreys(k: number, n: number, confidence = 0.95): ShareInterval {
  const p = tail(confidence)
  return [k === 0 ? 0 : betaQuantile(p, k + 0.5, n - k + 0.5), k === n ? 1 : betaQuantile(1 - p, k + 0.5, n - k + 0.5)]
}
