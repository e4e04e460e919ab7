import { quotedOf } from '../../model/incident/cause.ts'
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

/** An incident as a validation freezes it. */
export const predictedOf = ({ found, cause }: DatedIncident): PredictedIncident => ({
  start: edgeOf(found.start),
  end: edgeOf(found.end),
  state: found.state,
  word: cause.word,
  log10_lr: Math.round(quotedOf(cause).log10Lr * 1e6) / 1e6,
})
