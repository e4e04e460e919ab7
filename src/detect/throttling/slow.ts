import type { Columns } from '../columns.ts'
import { TARGET_HALVES } from '../../model/reading.ts'
import { targetOf } from '../columns.ts'
import { quantileSorted } from '../statistics/quantile.ts'

const DAY = 86_400_000
const WINDOW_DAYS = 14
const LEAST_DAYS = 7
const LEAST_READINGS = 48
const OWN_QUANTILE = 0.99
const LEAST_EXCESS = Math.log(1.5)
/** A reading is kept out of the yardstick while half of the probe's last eight were slow. */
const RECENT = 8

/** What one probe has been used to, renewed once a day. */
interface Usual {
  readonly at: number[]
  readonly lnRatio: number[]
  first: number
  renewed: number
  limit: number
  /** Whether each of the last eight timed readings was slow, newest last. */
  readonly recent: boolean[]
}

/**
 * Marks as `slow` each completed exchange whose ratio exceeds the probe's own median of the last 14 days by 1.5 and its
 * own 99 % of them: what the chain takes for fail-like. Causal: a mark depends on earlier readings alone, and the
 * yardstick is at most a day old. Says nothing before 7 days and 48 timed readings of the probe, nor where nobody knows
 * the probe. Gives the same columns where no reading has a ratio. Method: docs/methods/throttling.md.
 */
export function slowReadings(columns: Columns): Columns {
  if (!columns.lnRatio.some(Number.isFinite)) return columns
  const outcome = Uint8Array.from(columns.outcome)
  const usuals = columns.probes.map((): Usual => ({
    at: [],
    lnRatio: [],
    first: 0,
    renewed: -Infinity,
    limit: Infinity,
    recent: [],
  }))
  const slow = TARGET_HALVES.indexOf('slow')
  for (let k = 0; k < columns.size; k++) {
    const usual = usuals[columns.probe[k]!] // absent for an unknown probe
    const ratio = columns.lnRatio[k]! // k is below the size
    if (usual === undefined || !Number.isFinite(ratio) || targetOf(outcome[k]!) !== 'ok') continue
    const at = columns.at[k]!
    if (at - usual.renewed >= DAY) renew(usual, at)
    const isSlow = ratio > usual.limit
    if (isSlow) outcome[k] = /* k is below the size */ (outcome[k]! & ~3) | slow
    usual.recent.push(isSlow)
    if (usual.recent.length > RECENT) usual.recent.shift()
    if (isSlow && 2 * usual.recent.filter(Boolean).length >= RECENT) continue
    usual.at.push(at)
    usual.lnRatio.push(ratio)
  }
  return { ...columns, outcome }
}

/** Renews the limit from the readings of 14 days; where a long slowness left fewer than 48, the last 48 stand. */
function renew(usual: Usual, at: number): void {
  usual.renewed = at
  const count = usual.at.length
  // `first` stays below the count.
  while (count - usual.first > LEAST_READINGS && usual.at[usual.first]! < at - WINDOW_DAYS * DAY) usual.first++
  const oldest = usual.at[usual.first]
  if (oldest === undefined || count - usual.first < LEAST_READINGS || at - (usual.at[0] ?? at) < LEAST_DAYS * DAY)
    return
  const sorted = Float64Array.from(usual.lnRatio.slice(usual.first)).sort()
  usual.limit = Math.max(quantileSorted(sorted, OWN_QUANTILE), quantileSorted(sorted, 0.5) + LEAST_EXCESS)
}
