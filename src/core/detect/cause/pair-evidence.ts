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

const hourOf = (at: number): number => Math.floor(at / HOUR_MS)

/**
 * What the pairs alone show from the hour in which an incident begins until its end; undefined where no pair was
 * discordant. Of each device the first discordant pair of each hour counts: repeats follow a failure.
 */
export function pairsShown(
  seen: readonly WeighedPair[],
  incident: { readonly from: number; readonly until: number },
): PairsShown | undefined {
  const first = new Map<string, Discordant>()
  for (const { at, device, discordant } of seen.toSorted((a, b) => a.at - b.at)) {
    if (discordant === undefined || hourOf(at) < hourOf(incident.from) || at > incident.until) continue
    const key = `${hourOf(at)} ${device}`
    if (!first.has(key)) first.set(key, discordant)
  }
  if (first.size === 0) return undefined
  const named = [...first.values()].filter((half) => half === 'named').length
  return { named, discordant: first.size, log10E: pairEvidence(named, first.size) - Math.log10(STARTS) }
}
