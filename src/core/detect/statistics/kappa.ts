import { normalQuantile } from './normal.ts'

/** How far two reviewers agree beyond chance. */
export interface Agreement {
  readonly n: number
  /** Share on which they agree. */
  readonly observed: number
  /** Absent where both gave the same word to everything: then there is nothing to agree about. */
  readonly kappa?: { readonly value: number; readonly lo95: number; readonly hi95: number }
}

/**
 * Cohen's kappa of two lists of words, with its large-sample interval. Source: Cohen, Educational and Psychological
 * Measurement 20 (1960).
 */
export function cohenKappa(pairs: readonly (readonly [string, string])[]): Agreement {
  const n = pairs.length
  const observed = pairs.filter(([a, b]) => a === b).length / n
  const words = new Set(pairs.flat())
  let chance = 0
  for (const word of words)
    chance += (pairs.filter(([a]) => a === word).length / n) * (pairs.filter(([, b]) => b === word).length / n)
  if (!(chance < 1)) return { n, observed }
  const value = (observed - chance) / (1 - chance)
  const error = Math.sqrt((observed * (1 - observed)) / n) / (1 - chance)
  const reach = normalQuantile(0.975) * error
  return { n, observed, kappa: { value, lo95: Math.max(-1, value - reach), hi95: Math.min(1, value + reach) } }
}
