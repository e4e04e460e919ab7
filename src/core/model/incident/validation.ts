import { z } from 'zod'
import { parseInstant } from '../units.ts'

// A validation (docs/methods/validation.md): what is asked, what the program said before the labels were opened, and the
// labels of a person who did not see it.

export const PROTOCOL_FORMAT = 'kuager-validation-protocol/1'
export const FROZEN_VALIDATION_FORMAT = 'kuager-validation/1'
export const LABELS_FORMAT = 'kuager-validation-labels/1'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const id = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,79}$/)
const words = z.strictObject({
  kk: z.string().min(1).max(300),
  ru: z.string().min(1).max(300),
  en: z.string().min(1).max(300),
})

/** What is asked: the cases, and the hash of the labels, which are given by someone else and not opened. */
export const protocolSchema = z.strictObject({
  format: z.literal(PROTOCOL_FORMAT),
  title: words,
  simulated: z.boolean(),
  /** SHA-256 of the file of labels: it cannot be changed once the predictions are known. */
  labels_sha256: sha256,
  /** IANA zone of the devices; absent: no hour is more likely than another. */
  zone: z.string().max(60).optional(),
  schedule_minutes: z.int().min(1).max(1440).default(15),
  cases: z
    .array(z.strictObject({ id, file: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,119}$/i) }))
    .min(1)
    .max(10_000),
})
export type ValidationProtocol = z.infer<typeof protocolSchema>

/** A time that pages can show too: the form alone also has the years before 100. */
const time = z.iso.datetime().refine((text) => {
  try {
    parseInstant(text)
    return true
  } catch {
    return false
  }
}, 'a time that cannot be read')
const edgeSchema = z.strictObject({
  bracket_utc: z.tuple([time.nullable(), time.nullable()]),
  lo95_utc: time.nullable(),
  hi95_utc: time.nullable(),
})

/** One incident as the program said it. */
const predictedSchema = z.strictObject({
  start: edgeSchema,
  end: edgeSchema,
  state: z.string().max(40),
  word: z.enum(['blocking', 'fault', 'not-determined', 'insufficient']),
  /** log10 of the ratio that is quoted. */
  log10_lr: z.number(),
})
export type PredictedIncident = z.infer<typeof predictedSchema>

/** Everything that was fixed before the labels were opened. */
export const frozenValidationSchema = z.strictObject({
  format: z.literal(FROZEN_VALIDATION_FORMAT),
  frozenAtUtc: time,
  protocol: protocolSchema,
  program: z.strictObject({ version: z.string().max(60), source_sha256: sha256, rules: z.string().max(200) }),
  cases: z.array(
    z.strictObject({
      id,
      /** Of the file of its series. */
      sha256,
      readings: z.int().min(0),
      set_aside: z.int().min(0),
      incidents: z.array(predictedSchema),
    }),
  ),
  /** Of the canonical JSON of everything else. */
  sha256,
})
export type FrozenValidation = z.infer<typeof frozenValidationSchema>
export type PredictedCase = FrozenValidation['cases'][number]

/** Kinds of cases. */
export const CASE_GROUPS = ['positive', 'spike-in', 'fault', 'placebo'] as const
export type CaseGroup = (typeof CASE_GROUPS)[number]

const bracketSchema = z
  .strictObject({ earliest_utc: time, latest_utc: time })
  .refine(({ earliest_utc: a, latest_utc: b }) => Date.parse(a) <= Date.parse(b), 'it ends before it begins')

/** What was so, by someone who saw neither series nor prediction. */
export const validationLabelsSchema = z.strictObject({
  format: z.literal(LABELS_FORMAT),
  /** Who labelled, by role. */
  by: z.string().min(1).max(300),
  cases: z.array(
    z.strictObject({
      id,
      group: z.enum(CASE_GROUPS),
      /** Absent for a placebo: nothing happened. */
      start: bracketSchema.optional(),
      end: bracketSchema.optional(),
      source: z.string().min(1).max(500),
    }),
  ),
})
export type ValidationLabels = z.infer<typeof validationLabelsSchema>

/** k of n, with the one-sided upper limit of its share at 95 %. */
export interface ErrorRate {
  readonly k: number
  readonly n: number
  readonly upper95: number
}

/** What became of the cases of one group. */
export interface GroupScore {
  readonly group: CaseGroup
  readonly cases: number
  /** With an incident in the labelled time (a placebo: at any time) that states a ratio. */
  readonly raised: number
  /** With such an incident that has too little evidence to state one. */
  readonly insufficient: number
  /** By the word of the incident. */
  readonly blocking: number
  readonly fault: number
}

/** A step of a Tippett plot: share of cases with a ratio of 10^x or more. */
export interface TippettPoint {
  readonly x: number
  readonly interference: number
  readonly fault: number
}

/** How the predictions of a validation did. */
export interface ValidationScore {
  readonly groups: readonly GroupScore[]
  /** Absent where one side has no case that states a ratio. */
  readonly cllr?: {
    readonly cllr: number
    readonly least: number
    readonly interference: number
    readonly fault: number
  }
  readonly tippett: readonly TippettPoint[]
  /** Ratios for the wrong side: above 1 and at 10 or more without interference; below 1 and at 1/10 or less with it. */
  readonly misleading: {
    readonly forInterference: ErrorRate
    readonly forInterferenceTen: ErrorRate
    readonly namedBlocking: ErrorRate
    readonly forFault: ErrorRate
    readonly forFaultTen: ErrorRate
    readonly namedFault: ErrorRate
  }
  /** Dated cases whose 95 % interval meets the labelled bracket, of those that were raised. */
  readonly coverage: { readonly start: ErrorRate; readonly end: ErrorRate }
  /** False incidents in cases without any: how many, and days of series watched. */
  readonly falseIncidents: number
}

/** A validation as the site shows it. */
export type PublishedValidation =
  | {
      readonly kind: 'whole'
      readonly id: string
      readonly frozen: FrozenValidation
      readonly labels: ValidationLabels
      readonly score: ValidationScore
      readonly files: Readonly<Record<'frozen' | 'labels', string>>
      /** Entry of the log that holds exactly these predictions; absent: only the file says since when they exist. */
      readonly leaf?: number
    }
  /** Something of it does not hold: it is shown as refused, never left out. */
  | { readonly kind: 'refused'; readonly id: string; readonly problem: 'unreadable' | 'frozen' | 'labels' }
