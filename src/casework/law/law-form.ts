import { z } from 'zod'
import { InputError } from '../../core/model/errors.ts'
import { parseDay } from '../deadlines/calendar.ts'

// The law that documents cite and deadlines follow: the files of data/law (docs/formats/law.md).

/** What sets a deadline running. A case gives the days of these, where it knows them. */
export const START_EVENTS = [
  'request-sent',
  'request-received',
  'request-passed-on',
  'request-unanswered',
  'restriction-learned',
  'restriction-began',
  'act-adopted',
  'complaint-filed',
  'complaint-received',
  'complaint-undecided',
  'complaint-answered',
  'by-law-learned',
  'court-ruling',
  'first-judgment',
  'appeal-judgment',
  'remedies-exhausted',
  'other-procedure-ended',
] as const
export type StartEvent = (typeof START_EVENTS)[number]

/** Deadlines by name; texts: `deadline.<id>`. */
export const DEADLINE_IDS = [
  'request-answer',
  'complaint',
  'complaint-after-silence',
  'complaint-decision',
  'claim-after-answer',
  'claim-after-no-decision',
  'claim-after-learning',
  'claim-outer-limit',
  'claim-recognition',
  'by-law-claim',
  'ruling-complaint',
  'appeal',
  'cassation',
  'committee-after-exhaustion',
  'committee-after-procedure',
] as const
export type DeadlineId = (typeof DEADLINE_IDS)[number]

/** How the places of an act are called. `paragraph`: of a document that has no articles. */
const UNITS = ['article', 'rule', 'paragraph'] as const
export type LawUnit = (typeof UNITS)[number]

const id = z.string().regex(/^[a-z][a-z0-9-]{1,60}$/)
const line = z.string().trim().min(1).max(600)
/** Numbers as the act writes them: `136`, `135-1`, `99(c)`, `132–135-1`. */
const numbers = z.string().regex(/^\d[\d(),. \u2013a-z-]{0,60}$/u)
const day = z.string().transform((value, context) => {
  try {
    return parseDay(value, '', 1945)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    context.addIssue({ code: 'custom', message: `${error.message}; expected ${error.expected}` })
    return z.NEVER
  }
})
const inThree = z.strictObject({ kk: line, ru: line, en: line })
/** English always; the languages of the courts where a document prints it. */
const said = z.strictObject({ en: line, kk: line.optional(), ru: line.optional() })

const actSchema = z.strictObject({
  id,
  /** As a document cites it, with date and number. */
  name: inThree,
  /** In tables and on a terminal, where the full name stands elsewhere. */
  short: inThree.optional(),
  unit: z.enum(UNITS).optional(),
  /** How a share of an article is called: codes of procedure have parts, other laws and treaties paragraphs. */
  share: z.enum(['part', 'paragraph']).optional(),
  /** By which day its wording is chosen: of what happened, or of the document (procedure; where absent). */
  cited_by: z.enum(['event', 'document']).optional(),
})

const provisionSchema = z.strictObject({
  id,
  act: id,
  /** Absent: the act as a whole. Null: there is such a provision, and its number is not established. */
  article: numbers.nullable().optional(),
  part: numbers.optional(),
  /** Of a decision or a document within a series: its name and number. */
  name: said.optional(),
  /** First and last day on which this wording is in force; absent where not known. */
  from: day.optional(),
  until: day.optional(),
  /** The row that follows it, where the law was renumbered or replaced. */
  replaced_by: id.optional(),
  says: said,
  /** What is not known of it, or was not read: on the sheet for the lawyer, never in a document to be filed. */
  note: said.optional(),
  /** What is not known, for the lawyer who reads it. */
  open: line.optional(),
  /** Rows that a reader of this one should know. */
  see: z.array(id).max(10).optional(),
  sources: z.array(line).max(12),
  /** Day on which the passage itself was read, in a source of the list; false where it was not. */
  opened: z.union([z.literal(false), day]),
  confidence: z.enum(['high', 'medium', 'low']),
  /** Only a lawyer's recorded check makes a row confirmed. `sha256`: of the row as it was checked, without this field. */
  checked_by: z.strictObject({ role: z.literal('lawyer'), on: day, sha256: z.string() }).nullable(),
})
export type Provision = z.infer<typeof provisionSchema>
export type Act = z.infer<typeof actSchema>

export const provisionsFileSchema = z.strictObject({
  format: z.literal('kuager-law/1'),
  acts: z.array(actSchema).max(100),
  provisions: z.array(provisionSchema).max(500),
})

const length = z.strictObject({
  law: id,
  unit: z.enum(['working-days', 'months', 'years']),
  count: z.number().int().positive().max(366),
})
/** One length that a source gives. */
export type LawReading = z.infer<typeof length>

const ruleSchema = z.strictObject({
  id: z.enum(DEADLINE_IDS),
  /** Any of these sets it running. */
  starts: z.array(z.enum(START_EVENTS)).min(1),
  /** Every length that a source gives; none where the length is not known. */
  readings: z.array(length).max(6),
  /** Where the length is not known: the provision that has it. */
  law: id.optional(),
  /** A notice of the body moves the last day: at most so far, where the notice names no day. */
  prolonged: length.optional(),
  /** Cases in which another length may apply. */
  exceptions: z.array(id).max(5).optional(),
  /** Who must act until then: the person who files, or the body that must answer. */
  binds: z.enum(['applicant', 'addressee']),
  /** Whether a last day that is a day off moves to the next working day. */
  moves: z.boolean(),
})
export type DeadlineRule = z.infer<typeof ruleSchema>

export const deadlinesFileSchema = z.strictObject({
  format: z.literal('kuager-law/1'),
  rules: z.array(ruleSchema),
  /** Pages of a communication to the Committee. */
  length: z.strictObject({
    law: id,
    most_pages: z.number().int().positive(),
    summary_above_pages: z.number().int().positive(),
    summary_most_pages: z.number().int().positive(),
  }),
})

const year = z.number().int().min(1990).max(2100)
export const daysOffFileSchema = z.strictObject({
  format: z.literal('kuager-law/1'),
  law: z.array(id).min(1),
  /** Years for which the table holds; outside of them only weekends are known. */
  years: z.strictObject({ first: year, last: year }),
  /** Every year from `from` until `until`. `moved`: a working day replaces one on a weekend. */
  yearly: z.array(
    z.strictObject({
      day: z.string().regex(/^\d\d-\d\d$/),
      moved: z.boolean().default(true),
      from: year.optional(),
      until: year.optional(),
    }),
  ),
  /** Days of a single year, such as the first day of Kurban ait; no working day replaces them. */
  single: z.array(day),
})
export type DaysOff = z.infer<typeof daysOffFileSchema>

export const changesFileSchema = z.strictObject({
  format: z.literal('kuager-law/1'),
  /** Of all files of the folder: the day of the last change, with a letter where there were several. */
  version: z.string().regex(/^\d{4}-\d\d-\d\d[a-z]?$/),
  /** What changed, the newest last: what cases that were built before are notified of. */
  changes: z.array(
    z.strictObject({
      version: z.string().regex(/^\d{4}-\d\d-\d\d[a-z]?$/),
      rules: z.array(z.enum(DEADLINE_IDS)),
      says: inThree,
    }),
  ),
})
export type LawChange = z.infer<typeof changesFileSchema>['changes'][number]
