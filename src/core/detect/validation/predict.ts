import type { CauseFinding } from '../../model/incident/cause.ts'
import type { Edge } from '../../model/incident/incident.ts'
import type { PredictedIncident } from '../../model/incident/validation.ts'
import { formatInstantUtc, type Instant } from '../../model/units.ts'
import type { DatedIncident } from '../series/date-series.ts'

const utc = (at: Instant | undefined): string | null => (at === undefined ? null : formatInstantUtc(at))

const edgeOf = ({ bracket, lo95, hi95 }: Edge): PredictedIncident['start'] => ({
  bracket_utc: [utc(bracket[0]), utc(bracket[1])],
  lo95_utc: utc(lo95),
  hi95_utc: utc(hi95),
})

/** A finding with the ratio that its rules quote, where they state one themselves. */
type QuotableFinding = Pick<CauseFinding, 'log10Lr' | 'rival'> & { readonly quoted?: { readonly log10Lr: number } }

/** The stated ratio; else of two ratios for one side the smaller, and nothing where they differ in side. */
export function quotedLog10({ log10Lr, rival, quoted }: QuotableFinding): number {
  if (quoted !== undefined) return quoted.log10Lr
  if (Math.sign(log10Lr) !== Math.sign(rival.log10Lr)) return 0
  return Math.abs(log10Lr) < Math.abs(rival.log10Lr) ? log10Lr : rival.log10Lr
}

/** An incident as a validation freezes it. */
export const predictedOf = ({ found, cause }: DatedIncident): PredictedIncident => ({
  start: edgeOf(found.start),
  end: edgeOf(found.end),
  state: found.state,
  word: cause.word,
  log10_lr: Math.round(quotedLog10(cause) * 1e6) / 1e6,
})
