/** Clusters up to which every combination of signs is tried. */
export const EXACT_CLUSTERS = 12

/** What a larger test draws from: `next()` uniform in [0, 1). */
export interface UniformDraws {
  next(): number
}

/**
 * p of "the clusters lie above zero": the share of sign flips, one sign a cluster, whose sum reaches the observed one.
 * A cluster is a probe with all its rounds, given as one number, because rounds of one probe are not independent.
 * Exact up to 12 clusters, where p cannot go below 2⁻ⁿ; above, 9,999 drawn flips and the observed one. 1 for none.
 */
export function flipGreaterP(clusters: readonly number[], draws: UniformDraws): number {
  const observed = clusters.reduce((sum, value) => sum + value, 0)
  const slack = 1e-12 * clusters.reduce((sum, value) => sum + Math.abs(value), 1)
  if (clusters.length <= EXACT_CLUSTERS) {
    const all = 2 ** clusters.length
    let reached = 0
    for (let signs = 0; signs < all; signs++) {
      const sum = clusters.reduce((total, value, k) => total + ((signs >> k) & 1 ? -value : value), 0)
      if (sum >= observed - slack) reached++
    }
    return reached / all
  }
  let reached = 1
  for (let draw = 0; draw < 9999; draw++) {
    let sum = 0
    for (const value of clusters) sum += draws.next() < 0.5 ? -value : value
    if (sum >= observed - slack) reached++
  }
  return reached / 10_000
}
