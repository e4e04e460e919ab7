import { createRandom } from '../../src/core/detect/chain/random.ts'

/** Random draws of the simulated series; everything follows from the seed. */
export interface Draw {
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number
  hit(probability: number): boolean
  normal(mean: number, sd: number): number
  exponential(mean: number): number
  /** Log-normal with this median; `sd` of the logarithm. */
  logNormal(median: number, sd: number): number
  poisson(mean: number): number
  /** One of the values, by weights that sum to 1. */
  pick<T>(values: readonly (readonly [T, number])[]): T
}

/** Draws from one seed: same seed and same calls, same values. */
export function createDraw(seed: number): Draw {
  const random = createRandom(seed)
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
  const exponential = (mean: number): number => -mean * Math.log(1 - random.next())
  return {
    uniform: (low, high) => low + (high - low) * random.next(),
    hit: (probability) => random.next() < probability,
    normal: (mean, sd) => mean + sd * normal(),
    exponential,
    logNormal: (median, sd) => median * Math.exp(sd * normal()),
    poisson(mean) {
      let count = 0
      for (let at = exponential(1); at < mean; at += exponential(1)) count++
      return count
    },
    pick(values) {
      let left = random.next()
      for (const [value, weight] of values) {
        left -= weight
        if (left < 0) return value
      }
      const last = values.at(-1)
      if (last === undefined) throw new RangeError('Cannot pick: no values')
      return last[0]
    },
  }
}
