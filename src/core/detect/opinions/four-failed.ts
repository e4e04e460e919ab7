import { HOUR_MS } from '../../model/duration.ts'
import type { Trials } from './trials.ts'

const LEAST_FAILED = 4
const LEAST_PROBES = 2
const LEAST_SHARE = 0.35

/** An interval in which the rule held without a break above an hour; milliseconds. */
export interface FailedHours {
  /** When the rule first held: the alarm. */
  readonly from: number
  /** The last trial at which it held. */
  readonly until: number
}

/**
 * The plain rule: at least four failed pairs within an hour, from at least two probes, making up 35 % of that hour. It
 * finds nearly every block and cries wolf in every busy evening. Trials of unknown probes never make a second witness.
 */
export function fourFailed(trials: Trials): readonly FailedHours[] {
  const found: { from: number; until: number }[] = []
  const failedBy = new Map<number, number>()
  let first = 0
  let failed = 0
  const count = (k: number, by: 1 | -1): void => {
    if (trials.fail[k] !== 1) return
    failed += by
    const probe = trials.probe[k]! // k is within the columns
    const left = (failedBy.get(probe) ?? 0) + by
    if (left === 0) failedBy.delete(probe)
    else failedBy.set(probe, left)
  }
  for (let k = 0; k < trials.at.length; k++) {
    const at = trials.at[k]! // k is below the length
    count(k, 1)
    while (trials.at[first]! <= at - HOUR_MS) count(first++, -1) // first stays at or below k
    const known = failedBy.size - (failedBy.has(-1) ? 1 : 0)
    if (failed < LEAST_FAILED || known < LEAST_PROBES || failed / (k - first + 1) < LEAST_SHARE) continue
    const before = found.at(-1)
    if (before !== undefined && at - before.until <= HOUR_MS) before.until = at
    else found.push({ from: at, until: at })
  }
  return found
}
