import { z } from 'zod'
import {
  COINCIDENCE_FINDINGS,
  type CoincidencePlan,
  type CoincidenceReport,
  type CoincidenceResult,
  type Estimate,
  type FrozenEvents,
  type Hypothesis,
} from './coincidence.ts'
import { defined } from '../defined.ts'
import { parseInstant } from '../units.ts'

// A published study: a pre-registered list and the answer to it as `kuager coincide --json` wrote it
// (docs/formats/events.md).

const finite = z.number()
const share = z.number().min(0).max(1)
const count = z.int().min(0)

const testSchema = z.strictObject({
  p: share,
  floor: share,
  observed: finite,
  reached: count,
  shifts: count,
  onsets: finite.min(0),
})
const shareSchema = z.strictObject({ k: finite.min(0), n: finite.min(0), lo95: share, hi95: share })
const estimateSchema = z.strictObject({
  value: finite.nullable(),
  lo95: finite.nullable(),
  hi95: finite.nullable(),
})
const resultSchema = z.strictObject({
  id: z.string(),
  label: z.unknown(),
  kinds: z.unknown(),
  services: z.unknown(),
  networks: z.unknown(),
  finding: z.enum(COINCIDENCE_FINDINGS),
  events: count,
  events_without_hour: count,
  onsets: finite.min(0),
  open_starts: count,
  weeks: testSchema,
  linear: testSchema,
  sensitivity: z.strictObject({ weeks: testSchema, linear: testSchema }),
  on_event: shareSchema,
  on_matched: shareSchema,
  ratio: estimateSchema,
  difference: estimateSchema,
  odds_ratio: estimateSchema,
  /** These two, and `exact`, are absent in answers that an earlier version wrote. */
  placebo: z.strictObject({ weeks: testSchema, linear: testSchema, onsets: count }).nullable().optional(),
  crossover: z
    .strictObject({ odds_ratio: estimateSchema, p: share, floor: share, onsets: count })
    .nullable()
    .optional(),
  power: z.array(z.strictObject({ effect: share, claimed: share, exact: share.optional(), runs: count })).max(20),
  epoch: z.array(z.strictObject({ hours: finite, difference: finite, lo95: finite, hi95: finite })).max(1000),
  description: z.strictObject({ precursor_rate: finite, trigger_rate: finite, p: share }).nullable(),
  adjusted: z.strictObject({ benjamini_hochberg: share, max_t: share }).nullable(),
})

/** The form of the answer. Words and lists of a question are taken from the pre-registered plan, found by its id. */
export const studyResultSchema = z.strictObject({
  events_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  frozen_at_utc: z.iso.datetime(),
  frozen_when: z.enum(['before', 'during', 'after']),
  simulated: z.boolean(),
  exploratory: z.boolean(),
  source: z.enum(['scheduled-readings', 'file']),
  watched_known: z.boolean(),
  question: z.string(),
  level: share,
  linear: z.unknown(),
  window_hours: z.unknown(),
  since_utc: z.iso.datetime(),
  until_utc: z.iso.datetime(),
  days: count,
  weeks: count,
  primary: resultSchema,
  secondary: z.array(resultSchema).max(50),
  negative_controls: z.array(resultSchema).max(50),
})
type WireResult = z.infer<typeof resultSchema>

/** What a study found, and what is known of how it was measured. */
export interface StudyAnswer {
  readonly source: 'scheduled-readings' | 'file'
  readonly watchedKnown: boolean
  readonly frozenWhen: 'before' | 'during' | 'after'
  readonly report: CoincidenceReport
}

/** Why a study is not shown. */
export const STUDY_PROBLEMS = [
  'unreadable', // a file is missing, too large or not of the form
  'list', // the list does not match its digest, its rules or its time
  'other-list', // the answer is about another list
  'exploration', // the answer is not to the frozen questions
] as const
export type StudyProblem = (typeof STUDY_PROBLEMS)[number]

/** A study of a folder as the site shows it: whole, or refused with what was found. */
export type PublishedStudy =
  | {
      readonly kind: 'whole'
      readonly id: string
      readonly frozen: FrozenEvents
      /** Digest of the list as recomputed when it was read. */
      readonly recomputed: string
      readonly answer: StudyAnswer
      /** The files as they are. */
      readonly files: { readonly frozen: string; readonly result: string }
    }
  | {
      readonly kind: 'refused'
      readonly id: string
      readonly problem: StudyProblem
      /** What the file says of its digest, and the digest of what it holds. */
      readonly claimed?: string
      readonly recomputed?: string
    }

const decodeEstimate = ({ value, lo95, hi95 }: z.infer<typeof estimateSchema>): Estimate => ({
  ...(value === null ? {} : { value }),
  ...(lo95 === null ? {} : { lo95 }),
  ...(hi95 === null ? {} : { hi95 }),
})

const decodeResult = (wire: WireResult, hypothesis: Hypothesis): CoincidenceResult => ({
  hypothesis,
  finding: wire.finding,
  events: wire.events,
  eventsWithoutHour: wire.events_without_hour,
  onsets: wire.onsets,
  openStarts: wire.open_starts,
  weeks: wire.weeks,
  linear: wire.linear,
  sensitivity: wire.sensitivity,
  onEvent: wire.on_event,
  onMatched: wire.on_matched,
  ratio: decodeEstimate(wire.ratio),
  difference: decodeEstimate(wire.difference),
  oddsRatio: decodeEstimate(wire.odds_ratio),
  ...defined({ placebo: wire.placebo ?? undefined }),
  ...(wire.crossover === undefined || wire.crossover === null
    ? {}
    : {
        crossover: {
          oddsRatio: decodeEstimate(wire.crossover.odds_ratio),
          p: wire.crossover.p,
          floor: wire.crossover.floor,
          onsets: wire.crossover.onsets,
        },
      }),
  power: wire.power.map(({ effect, claimed, exact, runs }) => ({ effect, claimed, runs, ...defined({ exact }) })),
  epoch: wire.epoch,
  ...(wire.description === null
    ? {}
    : {
        description: {
          precursorRate: wire.description.precursor_rate,
          triggerRate: wire.description.trigger_rate,
          p: wire.description.p,
        },
      }),
  ...(wire.adjusted === null
    ? {}
    : { adjusted: { benjaminiHochberg: wire.adjusted.benjamini_hochberg, maxT: wire.adjusted.max_t } }),
})

/** Results in the order of the plan's questions; undefined where they are not one to one. */
function matchAll(
  wires: readonly WireResult[],
  questions: readonly Hypothesis[],
): readonly CoincidenceResult[] | undefined {
  if (wires.length !== questions.length) return undefined
  const results = questions.flatMap((question) => {
    const wire = wires.find(({ id }) => id === question.id)
    return wire === undefined ? [] : [decodeResult(wire, question)]
  })
  return results.length === questions.length ? results : undefined
}

const sameQuestions = (plan: CoincidencePlan, wire: z.infer<typeof studyResultSchema>) => {
  const primary = matchAll([wire.primary], [plan.primary])?.[0]
  const secondary = matchAll(wire.secondary, plan.secondary)
  const negativeControls = matchAll(wire.negative_controls, plan.negativeControls)
  return primary === undefined || secondary === undefined || negativeControls === undefined
    ? undefined
    : { primary, secondary, negativeControls }
}

/**
 * Reads an answer against the pre-registered list that it names. Gives the problem where it is not of the form, is
 * about another list, or answers what was not frozen.
 */
export function parseStudyAnswer(value: unknown, frozen: FrozenEvents): StudyAnswer | StudyProblem {
  const parsed = studyResultSchema.safeParse(value)
  if (!parsed.success) return 'unreadable'
  const wire = parsed.data
  if (wire.events_sha256 !== frozen.sha256 || wire.simulated !== frozen.simulated) return 'other-list'
  const questions = sameQuestions(frozen.plan, wire)
  if (wire.exploratory || questions === undefined) return 'exploration'
  return {
    source: wire.source,
    watchedKnown: wire.watched_known,
    frozenWhen: wire.frozen_when,
    report: {
      since: parseInstant(wire.since_utc),
      until: parseInstant(wire.until_utc),
      days: wire.days,
      weeks: wire.weeks,
      ...questions,
    },
  }
}
