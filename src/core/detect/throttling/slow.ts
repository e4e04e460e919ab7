import { DAY_MS } from '../../model/duration.ts'
import { TARGET_HALVES } from '../../model/measured/reading.ts'
import type { Columns } from '../chain/columns.ts'
import { targetOf } from '../chain/columns.ts'
import { SLOW_LOG10_LR } from '../series/evidence.ts'
import { quantileSorted } from '../statistics/quantile.ts'

const WINDOW_DAYS = 14
const LEAST_DAYS = 7
const LEAST_READINGS = 48
const OWN_QUANTILE = 0.99
const LEAST_EXCESS = Math.log(1.5)
/** A reading is left out of the baseline while half of the probe's last eight of a day were slow. */
const RECENT = 8
const SLOW = TARGET_HALVES.indexOf('slow')

/**
 * Days of readings before a day from which marks can be taken up again: a baseline's own, one to warm up, one spare.
 */
export const SLOW_LOOKBACK_DAYS = WINDOW_DAYS + 2

/** Limits above which a ratio is slow, by probe: day (whole days since 1970, UTC) and ln of the ratio, days ascending. */
export type SlowLimits = Readonly<Record<string, readonly (readonly [day: number, limit: number])[]>>

/** Columns with their slow readings marked, and the limits by which they were. */
export interface MarkedColumns {
  readonly columns: Columns
  readonly limits: SlowLimits
}

/** What one probe is used to. */
interface Usual {
  readonly at: number[]
  readonly lnRatio: number[]
  first: number
  day: number
  limit: number
  readonly limits: Map<number, number>
  /** When each of the last eight timed readings was measured and whether it was slow, newest last. */
  readonly recent: { readonly at: number; readonly slow: boolean }[]
}

/**
 * Marks as `slow` each completed exchange whose ratio exceeds the probe's own median of the 14 days before its day by 1.5
 * and its own 99 % of them, with the ratio of likelihoods that the chain gives slowness. Causal: a mark depends on
 * earlier readings alone, and on none older than the limits given: from `known` limits and 16 days of readings before a
 * day on, the marks are those of the whole series. Says nothing before 7 days and 48 timed readings of the probe, nor
 * for an unknown probe. Gives the same columns where no reading has a ratio. Method: docs/methods/throttling.md.
 */
export function markSlow(columns: Columns, known: SlowLimits = {}): MarkedColumns {
  if (!columns.lnRatio.some(Number.isFinite)) return { columns, limits: known }
  const outcome = columns.outcome.slice()
  const log10Lr = columns.log10Lr.slice()
  const usuals = columns.probes.map((name): Usual => startFrom(known[name] ?? []))
  for (let k = 0; k < columns.size; k++) {
    const usual = usuals[columns.probe[k]!] // absent for an unknown probe
    const ratio = columns.lnRatio[k]! // k is below the size
    if (usual === undefined || !Number.isFinite(ratio) || targetOf(outcome[k]!) !== 'ok') continue
    const at = columns.at[k]!
    const day = Math.floor(at / DAY_MS)
    if (day > usual.day) renew(usual, day)
    const slow = ratio > usual.limit
    if (slow) {
      outcome[k] = (outcome[k]! & ~3) | SLOW // k is below the size
      log10Lr[k] = SLOW_LOG10_LR
    }
    remember(usual, { at, slow, ratio })
  }
  const limits = columns.probes.map((name, index) => [name, [...usuals[index]!.limits]] as const) // one a probe
  return { columns: { ...columns, outcome, log10Lr }, limits: { ...known, ...Object.fromEntries(limits) } }
}

/** The marked columns alone. */
export const slowReadings = (columns: Columns): Columns => markSlow(columns).columns

/** Of the limits those that marks after `at` may still depend on: of its day and the sixteen before, and the last one. */
export function limitsUntil(limits: SlowLimits, at: number): SlowLimits {
  const today = Math.floor(at / DAY_MS)
  const kept = Object.entries(limits).map(([name, days]) => {
    const until = days.filter(([day]) => day <= today)
    return [name, until.filter(([day], k) => day >= today - SLOW_LOOKBACK_DAYS || k === until.length - 1)] as const
  })
  return Object.fromEntries(kept.filter(([, days]) => days.length > 0))
}

const startFrom = (known: readonly (readonly [number, number])[]): Usual => ({
  at: [],
  lnRatio: [],
  first: 0,
  day: -Infinity,
  limit: Infinity,
  limits: new Map(known),
  recent: [],
})

function remember(
  usual: Usual,
  { at, slow, ratio }: { readonly at: number; readonly slow: boolean; readonly ratio: number },
): void {
  const { recent } = usual
  recent.push({ at, slow })
  while (recent.length > RECENT || (recent[0] !== undefined && recent[0].at <= at - DAY_MS)) recent.shift()
  if (slow && 2 * recent.filter((one) => one.slow).length >= RECENT) return
  usual.at.push(at)
  usual.lnRatio.push(ratio)
}

/** Renews the limit from the 14 days before a day; where a long slowness left fewer than 48 readings, it stands. */
function renew(usual: Usual, day: number): void {
  usual.day = day
  const known = usual.limits.get(day)
  if (known !== undefined) {
    usual.limit = known
    return
  }
  // Of a probe that comes back after a silence, the last limit known is older than any reading at hand.
  const last = [...usual.limits].findLast(([one]) => one < day)
  if (last !== undefined) usual.limit = last[1]
  const { at, lnRatio } = usual
  // `first` is below the length.
  while (usual.first < at.length && at[usual.first]! < (day - WINDOW_DAYS) * DAY_MS) usual.first++
  const oldest = at[usual.first]
  const enough = at.length - usual.first >= LEAST_READINGS
  if (enough && oldest !== undefined && day * DAY_MS - oldest >= LEAST_DAYS * DAY_MS) {
    const sorted = Float64Array.from(lnRatio.slice(usual.first)).sort()
    usual.limit = Math.max(quantileSorted(sorted, OWN_QUANTILE), quantileSorted(sorted, 0.5) + LEAST_EXCESS)
  }
  if (Number.isFinite(usual.limit)) usual.limits.set(day, usual.limit)
}
