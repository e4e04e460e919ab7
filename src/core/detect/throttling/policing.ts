const MOST_VARIATION = 0.1
const LEAST_FLOWS = 3
const LEAST_BUCKETS = 5

/** Throughput of one transfer in buckets of two seconds, any unit, with that of its control on the same line. */
export interface PacedFlow {
  readonly buckets: readonly number[]
  readonly control: readonly number[]
}

/** Whether transfers run at a held rate. */
export interface PolicingSignature {
  readonly seen: boolean
  /** Transfers whose target holds a plateau while the control does not, and those that could be judged. */
  readonly plateaus: number
  readonly judged: number
  /** Median rate of the plateaus, in the unit of the buckets. */
  readonly rate?: number
}

/**
 * The signature of a policer: at least three transfers at a constant rate (coefficient of variation below 10 % over
 * buckets of two seconds) whose controls on the same line run freely. Congestion varies and follows the day; a tariff's
 * cap shows a plateau in the control too. The first bucket is left out (slow start); six buckets are needed. Reported
 * beside throttling, never instead of it. Method: docs/methods/throttling.md.
 */
export function policingSignature(flows: readonly PacedFlow[]): PolicingSignature {
  const judged = flows
    .map(({ buckets, control }) => ({ target: pace(buckets), control: pace(control) }))
    .filter(({ target, control }) => target !== undefined && control !== undefined)
  const rates = judged
    .flatMap(({ target, control }) => (target?.plateau === true && control?.plateau === false ? [target.mean] : []))
    .toSorted((a, b) => a - b)
  const seen = rates.length >= LEAST_FLOWS
  const rate = rates[Math.floor((rates.length - 1) / 2)]
  return { seen, plateaus: rates.length, judged: judged.length, ...(rate !== undefined && { rate }) }
}

function pace(buckets: readonly number[]): { readonly plateau: boolean; readonly mean: number } | undefined {
  const steady = buckets.slice(1)
  if (steady.length < LEAST_BUCKETS) return undefined
  const mean = steady.reduce((sum, value) => sum + value, 0) / steady.length
  if (!(mean > 0)) return undefined // nothing came through: a failure, not a rate
  const variance = steady.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (steady.length - 1)
  return { plateau: Math.sqrt(variance) / mean < MOST_VARIATION, mean }
}
