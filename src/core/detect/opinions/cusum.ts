import { HOUR_MS } from '../../model/duration.ts'
import type { Trials } from './trials.ts'

/** Allowed drift, and the levels of failure between which the detector tells: 0 + .35 upwards, .7 − .35 downwards. */
const DRIFT = 0.35
const RESTRICTED_LEVEL = 0.7
/** Gap in hours above which the sums decay, and their half-life. */
const LONG_GAP = 24
const HALF_LIFE = 48

/** A crossing of the detector. `silent`: the first one, from "unknown", which OONI's detector never announces. */
export interface Crossing {
  /** End of the hour that crossed. */
  readonly at: number
  readonly to: 'restricted' | 'open'
  readonly silent: boolean
}

/** One hour with data: milliseconds of its start, and the median of its failures (0, ½ or 1; any number in between). */
export interface HourOfFailures {
  readonly start: number
  readonly level: number
}

/** Hours with data and the median failure of each; hours without data are absent. */
export function failureHours(trials: Trials): readonly HourOfFailures[] {
  const hours: HourOfFailures[] = []
  for (let from = 0; from < trials.at.length;) {
    const start = Math.floor(trials.at[from]! / HOUR_MS) * HOUR_MS // from is below the length
    let until = from
    let failed = 0
    while (until < trials.at.length && trials.at[until]! < start + HOUR_MS) failed += trials.fail[until++]!
    const twice = 2 * failed
    hours.push({ start, level: twice > until - from ? 1 : twice === until - from ? 0.5 : 0 })
    from = until
  }
  return hours
}

/**
 * The two-sided CUSUM of OONI's event detector over hourly medians: S⁺ grows by y − .35, S⁻ by .7 − y − .35; a sum above
 * edd · .35 crosses and clears both. An hour without data gives nothing; after a gap above 24 h both sums are halved
 * every 48 h of it. `edd` is the expected delay in hours (10 in OONI's runs). Source: OONI data, oonidata detector.
 */
export function cusum(hours: readonly HourOfFailures[], { edd }: { readonly edd: number }): readonly Crossing[] {
  // Not S > h: the order of summation would decide between two hours.
  const threshold = edd * DRIFT + 1e-9
  const crossings: Crossing[] = []
  let state: 'unknown' | 'restricted' | 'open' = 'unknown'
  let up = 0
  let down = 0
  let last: number | undefined
  for (const { start, level } of hours) {
    const gap = last === undefined ? 0 : (start - last) / HOUR_MS
    const kept = gap > LONG_GAP ? 0.5 ** (gap / HALF_LIFE) : 1
    last = start
    up = Math.max(0, up * kept + (level - DRIFT))
    down = Math.max(0, down * kept - (level - RESTRICTED_LEVEL) - DRIFT)
    const to = up > threshold ? 'restricted' : down > threshold ? 'open' : undefined
    if (to === undefined) continue
    up = down = 0
    if (to !== state) crossings.push({ at: start + HOUR_MS, to, silent: state === 'unknown' })
    state = to
  }
  return crossings
}
