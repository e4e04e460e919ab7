import type { CoincidenceReport, CoincidenceResult, Estimate, EveningShare, ShiftTest } from './coincidence.ts'
import { formatInstantUtc } from '../units.ts'

const encodeTest = ({ p, floor, observed, reached, shifts, onsets }: ShiftTest): Record<string, unknown> => ({
  p,
  floor,
  observed,
  reached,
  shifts,
  onsets,
})

const encodeShare = ({ k, n, lo95, hi95 }: EveningShare): Record<string, unknown> => ({ k, n, lo95, hi95 })

const encodeEstimate = ({ value, lo95, hi95 }: Estimate): Record<string, unknown> => ({
  value: value ?? null,
  lo95: lo95 ?? null,
  hi95: hi95 ?? null,
})

/** One question as JSON for programs. Absent is null. */
export const encodeCoincidenceResult = (result: CoincidenceResult): Record<string, unknown> => ({
  id: result.hypothesis.id,
  label: result.hypothesis.label,
  kinds: result.hypothesis.kinds,
  services: result.hypothesis.services,
  networks: result.hypothesis.networks,
  finding: result.finding,
  events: result.events,
  events_without_hour: result.eventsWithoutHour,
  onsets: result.onsets,
  open_starts: result.openStarts,
  weeks: encodeTest(result.weeks),
  linear: encodeTest(result.linear),
  sensitivity: { weeks: encodeTest(result.sensitivity.weeks), linear: encodeTest(result.sensitivity.linear) },
  on_event: encodeShare(result.onEvent),
  on_matched: encodeShare(result.onMatched),
  ratio: encodeEstimate(result.ratio),
  difference: encodeEstimate(result.difference),
  odds_ratio: encodeEstimate(result.oddsRatio),
  placebo:
    result.placebo === undefined
      ? null
      : {
          weeks: encodeTest(result.placebo.weeks),
          linear: encodeTest(result.placebo.linear),
          onsets: result.placebo.onsets,
        },
  crossover:
    result.crossover === undefined
      ? null
      : {
          odds_ratio: encodeEstimate(result.crossover.oddsRatio),
          p: result.crossover.p,
          floor: result.crossover.floor,
          onsets: result.crossover.onsets,
        },
  power: result.power,
  epoch: result.epoch,
  description:
    result.description === undefined
      ? null
      : {
          precursor_rate: result.description.precursorRate,
          trigger_rate: result.description.triggerRate,
          p: result.description.p,
        },
  adjusted:
    result.adjusted === undefined
      ? null
      : { benjamini_hochberg: result.adjusted.benjaminiHochberg, max_t: result.adjusted.maxT },
})

/** A whole answer as JSON for programs: docs/formats/events.md. */
export const encodeCoincidence = (report: CoincidenceReport): Record<string, unknown> => ({
  since_utc: formatInstantUtc(report.since),
  until_utc: formatInstantUtc(report.until),
  days: report.days,
  weeks: report.weeks,
  primary: encodeCoincidenceResult(report.primary),
  secondary: report.secondary.map(encodeCoincidenceResult),
  negative_controls: report.negativeControls.map(encodeCoincidenceResult),
})
