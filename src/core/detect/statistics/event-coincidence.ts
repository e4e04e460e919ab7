import { lnChoose } from './gamma.ts'

/** Event coincidence of two series of one step: counts, rates and the p of independent Poisson events. */
export interface EventCoincidenceTest {
  /** Steps at which both series are known. */
  readonly steps: number
  readonly first: number
  readonly second: number
  /** Events of the first with an event of the second up to `window` steps before; of the second with one after. */
  readonly precursor: { readonly count: number; readonly rate: number; readonly p: number }
  readonly trigger: { readonly count: number; readonly rate: number; readonly p: number }
}

export interface CoincidenceOptions {
  /** ΔT and τ, in steps. */
  readonly window: number
  readonly lag: number
  /**
   * The reference package CoinCalc contradicts itself: `series` takes ΔT + 1 steps for the width of the window (its
   * function for series, right in discrete time), `events` takes ΔT (its function for lists of events).
   */
  readonly form: 'series' | 'events'
}

/**
 * Event coincidence analysis (Donges et al., European Physical Journal Special Topics 225, 2016) of two series of 0, 1
 * or null (not known; a step unknown in one is left out of both). Description only: its p takes events for Poisson, and
 * evening events fool it (docs/methods/coincidence.md).
 */
export function eventCoincidence(
  first: readonly (number | null)[],
  second: readonly (number | null)[],
  { window, lag, form }: CoincidenceOptions,
): EventCoincidenceTest {
  const known = first.flatMap((value, step) => (value === null || (second[step] ?? null) === null ? [] : [step]))
  const firstAt = known.filter((step) => first[step] === 1)
  const secondAt = known.filter((step) => second[step] === 1)
  const follows = (a: number, b: number): boolean => a - b >= lag && a - b <= lag + window
  const width = form === 'series' ? window + 1 : window
  const share = width / (known.length - lag)
  const found = (events: readonly number[], others: number, count: number) => ({
    count,
    rate: count / events.length,
    p: upperTail(count, events.length, 1 - (1 - share) ** others),
  })
  return {
    steps: known.length,
    first: firstAt.length,
    second: secondAt.length,
    precursor: found(firstAt, secondAt.length, firstAt.filter((a) => secondAt.some((b) => follows(a, b))).length),
    trigger: found(secondAt, firstAt.length, secondAt.filter((b) => firstAt.some((a) => follows(a, b))).length),
  }
}

/** P(at least k of n) for independent trials of probability q. */
function upperTail(k: number, n: number, q: number): number {
  if (k <= 0) return 1
  if (q <= 0 || q >= 1) return q >= 1 ? 1 : 0
  let sum = 0
  for (let j = n; j >= k; j--) sum += Math.exp(lnChoose(n, j) + j * Math.log(q) + (n - j) * Math.log1p(-q))
  return Math.min(1, sum)
}
