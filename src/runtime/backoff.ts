import { millis, type Millis } from '../core/model/units.ts'

export interface BackoffOptions {
  /** Milliseconds after the first failure; each further one doubles them. */
  readonly first: number
  readonly longest: number
  /** Least and largest factor, one of which is chosen at random: clients that failed together do not return together. */
  readonly jitter?: readonly [number, number]
  /** Gives numbers from 0 to below 1. */
  readonly random?: () => number
}

/** Exponent beyond which a pause is the longest one anyway. */
const MOST_DOUBLINGS = 30

/** Pause after `failures` (1 or more) in a row. */
export function backoff(failures: number, options: BackoffOptions): Millis {
  const { first, longest, jitter: [least, largest] = [1, 1], random = () => 0 } = options
  const doubled = Math.min(longest, first * 2 ** Math.min(failures - 1, MOST_DOUBLINGS))
  return millis(Math.round(doubled * (least + random() * (largest - least))))
}
