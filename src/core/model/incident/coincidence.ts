import { z } from 'zod'
import { CAUSE_WORDS } from './cause.ts'
import { INCIDENT_STATES } from './incident.ts'
import { EVENT_KINDS, eventSchema } from '../tables/record.ts'
import type { Instant } from '../units.ts'

// What is tested, written down before anyone looks (docs/formats/events.md), and what the test gave
// (docs/methods/coincidence.md).

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{1,79}$/)
const words = z.strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) })
const asn = z.int().min(1).max(0xffff_ffff)
const hours = z
  .tuple([z.number().min(-24).max(24), z.number().min(-24).max(24)])
  .refine(([from, until]) => from < until, { message: 'the window ends before it begins' })

/** One question of a plan: events of these kinds (and channels), onsets of these services on these networks. */
const hypothesisShape = z.strictObject({
  id,
  label: words,
  kinds: z.array(z.enum(EVENT_KINDS)).min(1),
  /** Only events of these channels; absent: of any. */
  channels: z.array(z.string().min(1)).optional(),
  services: z.array(z.string().min(1)).min(1),
  /** Numbers of networks; empty: every network with readings. */
  networks: z.array(asn),
  /** Services that no one would restrict because of such an event: what they share with the tested ones is taken off. */
  placebos: z.array(z.string().min(1)).min(1).optional(),
})
export const hypothesisSchema = hypothesisShape.refine(
  ({ services, placebos = [] }) => !placebos.some((one) => services.includes(one)),
  { message: 'a service is its own placebo', path: ['placebos'] },
)
export type Hypothesis = z.infer<typeof hypothesisSchema>

/** Whether the engine knows the clock of a zone. */
function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const period = z
  .strictObject({ since: z.iso.date(), until: z.iso.date() })
  .refine(({ since, until }) => since <= until, { message: 'the period ends before it begins', path: ['until'] })

const planShape = z.strictObject({
  /** First and last day of the study, in the zone's own calendar; the last is included. */
  period,
  zone: z.string().refine(isZone, { message: 'not a zone of the IANA table' }),
  /** `excess-of-onsets`: onsets near events less those of the same hours in the weeks around. */
  statistic: z.enum(['excess-of-onsets', 'onsets-with-event']),
  /** Onset minus start of the event, hours; and the same for the line of sensitivity. */
  windowHours: hours,
  sensitivityHours: hours,
  /** Incidents that count, by state and by word of cause. */
  states: z.array(z.enum(INCIDENT_STATES)).min(1),
  words: z.array(z.enum(CAUSE_WORDS)).min(1),
  /** Onsets of several services and networks within so many minutes of the first are one onset. */
  mergeMinutes: z.int().min(0).max(720),
  /** Shifts of the linear test, N to either side, by days, or by weeks where both series have a weekday rhythm. */
  linear: z.strictObject({ step: z.enum(['day', 'week']), shifts: z.int().min(1).max(2000) }),
  /** A link needs both tests at or below it. */
  level: z.number().positive().max(0.1),
  imputations: z.int().min(1).max(2000),
  seed: z.int().min(0).max(0xffff_ffff),
  /** Share of the window's hours with a scheduled reading that an evening needs to count as watched. */
  watchedShare: z.number().min(0).max(1),
  primary: hypothesisSchema,
  secondary: z.array(hypothesisSchema).max(50),
  negativeControls: z.array(hypothesisSchema).max(50),
  /** One look when the period is over. */
  stopping: z.enum(['once-at-the-end']),
})

interface Questions {
  readonly primary: Hypothesis
  readonly secondary?: readonly Hypothesis[] | undefined
  readonly negativeControls?: readonly Hypothesis[] | undefined
}
/** Whether every question has an id of its own: results are found by it. */
const apart = ({ primary, secondary = [], negativeControls = [] }: Questions): boolean => {
  const ids = [primary, ...secondary, ...negativeControls].map(({ id: name }) => name)
  return new Set(ids).size === ids.length
}
const APART = { message: 'two questions have one id', path: ['secondary'] }

/** The whole of a test, so that nothing about it is chosen after the data are seen. */
export const planSchema = planShape.refine(apart, APART)
export type CoincidencePlan = z.infer<typeof planSchema>

/** A plan as a person writes it: what is not said is filled in by `completePlan`. */
export const planDraftSchema = planShape.partial().required({ period: true, primary: true }).refine(apart, APART)
export type PlanDraft = z.infer<typeof planDraftSchema>

/** Name of the format; a changed meaning gets another number. */
export const FROZEN_FORMAT = 'kuager-frozen-events/1'
/** Events that a pre-registered list holds at most. */
export const MOST_EVENTS = 10_000
export const frozenSchema = z.strictObject({
  format: z.literal(FROZEN_FORMAT),
  frozenAtUtc: z.iso.datetime(),
  /** Digest of the canonical JSON of this object without this member. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  simulated: z.boolean(),
  plan: planSchema,
  events: z.array(eventSchema).min(1).max(MOST_EVENTS),
})
export type FrozenEvents = z.infer<typeof frozenSchema>

/** What may be concluded on one question. */
export const COINCIDENCE_FINDINGS = [
  'link', // both tests at or below the level
  'link-alone', // a secondary question: both tests, but not beside the other questions: nothing is claimed
  'placebo-too', // both tests, but not the difference from the placebo services: nothing is claimed
  'placebo-unmeasured', // both tests, but the placebo services were not measured near the events: nothing is claimed
  'tests-differ', // only one of them: nothing is claimed
  'not-shown', // neither
  'not-frozen', // the question, a network or the period is not that of the pre-registered list: figures explore only
  'cannot-show', // the floor of a test lies above the level, or there is no event or no onset: nothing could be shown
] as const
export type CoincidenceFinding = (typeof COINCIDENCE_FINDINGS)[number]

/** One test by shifting: `p` never below `floor`; `reached` of `shifts` shifts, 0 included, reach the observed value. */
export interface ShiftTest {
  readonly p: number
  readonly floor: number
  readonly observed: number
  readonly reached: number
  readonly shifts: number
  /** Onsets the test looks at: the linear test leaves out both ends of the period. */
  readonly onsets: number
}

/** Both tests of the difference in excess from placebo services. */
export interface PlaceboTest {
  readonly weeks: ShiftTest
  readonly linear: ShiftTest
  /** Onsets of the placebo services. */
  readonly onsets: number
}

/** The second answer: time-stratified case-crossover, p by permuting whole weeks. It claims nothing on its own. */
export interface CrossoverTest {
  readonly oddsRatio: Estimate
  readonly p: number
  readonly floor: number
  readonly onsets: number
}

/** A share of evenings, k of n, with its Jeffreys interval. */
export interface EveningShare {
  readonly k: number
  readonly n: number
  readonly lo95: number
  readonly hi95: number
}

/** A figure and its 95 % interval; a missing bound is not known from these counts. */
export interface Estimate {
  readonly value?: number
  readonly lo95?: number
  readonly hi95?: number
}

/**
 * Shares of simulated series with a planted effect in which both tests reach the level: `claimed` with the detector's
 * share of found restrictions and the dating error of these data, `exact` if each were found and dated exactly.
 */
export interface PlantedPower {
  readonly effect: number
  readonly claimed: number
  /** Absent in answers that were published before it was computed. */
  readonly exact?: number
  readonly runs: number
}

/** Lead and trail of the mean probability of restriction around events, minus that of matched evenings. */
export interface EpochPoint {
  readonly hours: number
  readonly difference: number
  readonly lo95: number
  readonly hi95: number
}

/** Description only, never a test: rates of Donges et al. (2016). */
export interface EventCoincidence {
  readonly precursorRate: number
  readonly triggerRate: number
  readonly p: number
}

/** What one question gave. */
export interface CoincidenceResult {
  readonly hypothesis: Hypothesis
  readonly finding: CoincidenceFinding
  readonly events: number
  /** Events without an hour, which no window can be laid around. */
  readonly eventsWithoutHour: number
  readonly onsets: number
  /** Incidents whose start lies before the first reading. */
  readonly openStarts: number
  readonly weeks: ShiftTest
  readonly linear: ShiftTest
  readonly sensitivity: { readonly weeks: ShiftTest; readonly linear: ShiftTest }
  readonly onEvent: EveningShare
  readonly onMatched: EveningShare
  readonly ratio: Estimate
  readonly difference: Estimate
  readonly oddsRatio: Estimate
  /** Where the question names placebo services. */
  readonly placebo?: PlaceboTest
  /** Absent in answers that were published before it was computed. */
  readonly crossover?: CrossoverTest
  readonly power: readonly PlantedPower[]
  readonly epoch: readonly EpochPoint[]
  readonly description?: EventCoincidence
  /** Among the secondary questions: Benjamini–Hochberg, and max-T over the shifts of the linear test. */
  readonly adjusted?: { readonly benjaminiHochberg: number; readonly maxT: number }
}

/** The whole answer. */
export interface CoincidenceReport {
  readonly since: Instant
  readonly until: Instant
  readonly days: number
  readonly weeks: number
  readonly primary: CoincidenceResult
  readonly secondary: readonly CoincidenceResult[]
  readonly negativeControls: readonly CoincidenceResult[]
}
