import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { backoff } from '../../runtime/backoff.ts'

/** Attempts that follow each other quickly before a pass gives up. */
export const QUICK_TRIES = 3
const QUICK_PAUSES_S = [1, 4] as const
const DOUBLING = { first: 15 * MINUTE_MS, longest: 12 * HOUR_MS, jitter: [0.75, 1.25] } as const

/** Pause before the quick try after `tried` of them, with jitter. `random` gives numbers from 0 to below 1. */
export const quickPause = (tried: number, random: () => number): Millis =>
  millis(Math.round((QUICK_PAUSES_S[Math.min(tried, QUICK_PAUSES_S.length) - 1] ?? 1) * 1000 * (0.5 + random())))

/**
 * Pause after `failures` (1 or more) passes in a row that delivered nothing: from 15 minutes, doubling up to 12 hours, a
 * quarter more or less at random so that probes which lost a collector together do not come back together.
 */
export const pauseAfterPass = (failures: number, random: () => number): Millis =>
  backoff(failures, { ...DOUBLING, random })
