import { HOUR_MS, WEEK_MS } from '../../model/duration.ts'
import type { PairsShown } from '../../model/incident/cause.ts'
import type { Discordant } from '../../model/measured/discordant.ts'
import { pairEvidence } from '../statistics/pair-process.ts'

/** One measurement as far as its pairs are weighed. */
export interface WeighedPair {
  readonly at: number
  /** The device that it counts for; '' if unknown: all unknown ones are one. */
  readonly device: string
  readonly discordant?: Discordant
}

/**
 * Hours of a week: a window may begin in any of them, and which one was chosen after the data were seen. The evidence of
 * each start is worth 1/168, so that the sum over all starts of a week is evidence of mean 1 as well.
 */
export const STARTS = WEEK_MS / HOUR_MS

/** Discordant pairs of one hour: one of each device at most, and in how many the name under test failed. */
export interface HourOfPairs {
  readonly named: number
  readonly n: number
}

/**
 * Correlations of the pairs of one hour under the hypothesis: none, or what a shock that all devices share may do. Which it
 * is is not known: the evidence is taken against the one that fits best, and keeps its bound under each of them.
 */
const CORRELATIONS = [0.2, 0.5] as const

/**
 * log10 of P(d of n in this order | coins of an hour with this correlation) over 2^−n. The coin of an hour is drawn from
 * Beta(a, a), a = (1/ρ − 1) / 2: which half fails more often in an hour is as probable for either name.
 */
function alike({ named, n }: HourOfPairs, rho: number): number {
  const a = (1 / rho - 1) / 2
  let ln = n * Math.LN2
  for (let k = 0; k < n; k++) ln += Math.log((k < named ? a + k : a + k - named) / (2 * a + k))
  return ln / Math.LN10
}

/** log10 of the evidence of the hours of a window, before its choice is paid for (docs/methods/cause.md, 4a). */
export function hourEvidence(hours: readonly HourOfPairs[]): number {
  const named = hours.reduce((sum, one) => sum + one.named, 0)
  const n = hours.reduce((sum, one) => sum + one.n, 0)
  const fits = CORRELATIONS.map((rho) => hours.reduce((sum, hour) => sum + alike(hour, rho), 0))
  return pairEvidence(named, n) - Math.max(0, ...fits)
}

const hourOf = (at: number): number => Math.floor(at / HOUR_MS)

/**
 * What the pairs alone show from the hour in which an incident begins until its end; undefined where no pair was
 * discordant. Of each device the first discordant pair of each hour counts: repeats follow a failure.
 */
export function pairsShown(
  seen: readonly WeighedPair[],
  incident: { readonly from: number; readonly until: number },
): PairsShown | undefined {
  const first = new Map<string, { readonly hour: number; readonly half: Discordant }>()
  for (const { at, device, discordant } of seen.toSorted((a, b) => a.at - b.at)) {
    const hour = hourOf(at)
    if (discordant === undefined || hour < hourOf(incident.from) || at > incident.until) continue
    const key = `${hour} ${device}`
    if (!first.has(key)) first.set(key, { hour, half: discordant })
  }
  if (first.size === 0) return undefined
  const hours = [...Map.groupBy(first.values(), ({ hour }) => hour).values()].map((of) => ({
    named: of.filter(({ half }) => half === 'named').length,
    n: of.length,
  }))
  const named = hours.reduce((sum, one) => sum + one.named, 0)
  return { named, discordant: first.size, log10E: hourEvidence(hours) - Math.log10(STARTS) }
}
