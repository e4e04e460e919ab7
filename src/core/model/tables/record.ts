import { z } from 'zod'
import { LANGS } from './langs.ts'

// The record: what happened outside and what was said, in data/record/*.json. Every row is dated and sourced; a row
// whose source was never opened is `checked: false` and is never printed as a fact.

const day = z.iso.date()
/** RFC 3339 in UTC, or a day, a month or a year if no better date is known (`momentBounds` of moment.ts). */
const moment = z.union([z.iso.datetime(), day, z.string().regex(/^\d{4}(-(0[1-9]|1[0-2]))?$/)])
const id = z.string().regex(/^[a-z0-9][a-z0-9-]{2,79}$/)
const words = z.strictObject({ kk: z.string().min(1), ru: z.string().min(1), en: z.string().min(1) })

/** A change of a published row: when, what it said before and says now, and why. */
export const rowCorrectionSchema = z.strictObject({
  at: z.union([z.iso.datetime(), day]),
  what: words,
  why: words,
})
export type RowCorrection = z.infer<typeof rowCorrectionSchema>
const corrected = z.array(rowCorrectionSchema).min(1).optional()

export const sourceSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).optional(),
  title: z.string().min(1),
  /** Day of the publication, where known. */
  published: day.optional(),
  /** An archived copy (web.archive.org or a digest of the copy we hold). */
  archived: z.string().min(1).optional(),
  /** A person opened the source and read the sentence there. */
  checked: z.boolean(),
})
export type Source = z.infer<typeof sourceSchema>

export const EVENT_KINDS = [
  'livestream',
  'appeal',
  'called-protest',
  'election',
  'holiday',
  'football',
  'other',
] as const
export const eventSchema = z.strictObject({
  id,
  kind: z.enum(EVENT_KINDS),
  /** Neutral label, never a quotation and never a link to the material itself. */
  label: words,
  start: moment,
  end: moment.optional(),
  channel: z.string().min(1).optional(),
  announced: z.boolean().optional(),
  source: sourceSchema,
})
export type OutsideEvent = z.infer<typeof eventSchema>
export const eventsSchema = z.strictObject({ simulated: z.boolean(), events: z.array(eventSchema) })

export const SPEAKERS = [
  'official',
  'operator',
  'platform',
  'rights-body',
  'expert',
  'user',
  'press',
  'unknown',
] as const
export const CLAIM_TESTS = [
  'service-restricted', // services did not open in the period
  'no-measures', // no one interfered: contradicted by a blocking finding, supported by none of them with enough data
  'technical-fault', // a fault explains it
  'blocking', // interference explains it: the mirror of the one before
  'evening-window', // at the hours named
  'coincides', // with events: only section 11 may answer
  'vpn-restricted',
  'none', // about motives, orders or law: not testable by measurement
] as const
export const claimSchema = z.strictObject({
  id,
  /** One testable sentence of the statement, neutrally worded. */
  text: words,
  test: z.enum(CLAIM_TESTS),
  services: z.array(z.string()),
  /** Days of Asia/Almaty, both inclusive; absent: what the date of the statement spans. */
  since: day.optional(),
  until: day.optional(),
  /** Hours of the day in Asia/Almaty, `[20, 24]`: what an `evening-window` claim names. */
  hours: z.tuple([z.number().int().min(0).max(23), z.number().int().min(1).max(24)]).optional(),
})
export type Claim = z.infer<typeof claimSchema>
export const statementSchema = z.strictObject({
  id,
  at: moment,
  speaker: z.enum(SPEAKERS),
  /** Who, as an office or a body: `Minister of information, D. Abayev`. */
  who: words,
  /** The words as printed in the source, in its own language; absent where only a summary is known. */
  quote: z.strictObject({ lang: z.enum(LANGS), text: z.string().min(1) }).optional(),
  summary: words,
  source: sourceSchema,
  claims: z.array(claimSchema),
  corrected,
})
export type Statement = z.infer<typeof statementSchema>
/** Simulated statements are compared only with simulated incidents, real ones with real ones. */
export const statementsSchema = z.strictObject({ simulated: z.boolean(), statements: z.array(statementSchema) })

/** How a claim stands against the measurements. */
export const CLAIM_FINDINGS = ['supported', 'contradicted', 'not-testable', 'no-data'] as const
export type ClaimFinding = (typeof CLAIM_FINDINGS)[number]

export const orderSchema = z.strictObject({
  id,
  /** Services, hosts or sites it names; empty: not known. */
  scope: z.array(z.string()),
  title: words,
  number: z.string().min(1).optional(),
  at: day.optional(),
  /** The provision it names, as far as the list says. */
  basis: words.optional(),
  textHeld: z.boolean(),
  requestedOn: day.optional(),
  /** Absent: no answer; absence of an order is a finding only with a request and its answer. */
  answeredOn: day.optional(),
  answer: words.optional(),
  source: sourceSchema,
  corrected,
})
export type Order = z.infer<typeof orderSchema>
export const ordersSchema = z.strictObject({ orders: z.array(orderSchema) })

/**
 * The course of a reported incident as one source gives it: by whose data it began and ended, and the periods in which
 * it was interrupted. Such a row has a page with a drawing.
 */
export const courseSchema = z.strictObject({
  starts: z
    .array(z.strictObject({ at: z.iso.datetime(), by: z.string().min(1).max(80) }))
    .min(1)
    .max(10),
  ends: z
    .array(z.strictObject({ at: z.iso.datetime(), by: z.string().min(1).max(80) }))
    .min(1)
    .max(10),
  /** Periods in between in which it was reported open, in order. */
  windows: z.array(z.tuple([z.iso.datetime(), z.iso.datetime()])).max(100),
  source: sourceSchema,
})
export type Course = z.infer<typeof courseSchema>

/** An incident known from reports alone: shown as "reported", never as blocking. */
export const reportedSchema = z.strictObject({
  id,
  /** Earliest and latest possible start and end; null: not known. */
  onset: z.tuple([moment.nullable(), moment.nullable()]),
  end: z.tuple([moment.nullable(), moment.nullable()]).nullable(),
  /** How the sources class it; `disputed` where they do not agree. */
  reportedAs: z.enum(['restriction', 'throttling', 'interception', 'shutdown', 'server-side', 'disputed']),
  services: z.array(z.string()),
  text: words,
  sources: z.array(sourceSchema).min(1),
  course: courseSchema.optional(),
})
export type Reported = z.infer<typeof reportedSchema>
export const chronicleSchema = z.strictObject({ rows: z.array(reportedSchema) })
