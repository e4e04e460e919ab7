import { z } from 'zod'
import { SUPPORT } from '../../core/model/incident/cause.ts'
import { InputError } from '../../core/model/errors.ts'
import { LANGS } from '../../core/text/lang.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { MEANS_FIELDS } from '../statement/means-fields.ts'
import { QUESTIONS, type QuestionId } from './questions.ts'

// case.json: what a case knows. It is stored in a folder of its own with the documents, not on a server, readable by
// its owner.

const line = z.string().trim().min(1).max(300)
const prose = z.string().trim().min(1).max(20_000)
const hex = (bytes: number): z.ZodString => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
const day = z.string().transform((value, context) => {
  try {
    return parseDay(value)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    context.addIssue({ code: 'custom', message: `${error.message}; expected ${error.expected}` })
    return z.NEVER
  }
})

/** Function or pseudonym of who acts, as in a custody event: never a name of a person. */
export const actorSchema = z.string().regex(/^[\p{L}\p{N} ._-]{1,80}$/u)

/** Whom a request for the act is sent to. */
export const ADDRESSEES = [
  'ministry',
  'security-committee',
  'technical-service',
  'provider',
  'prosecutor',
  'platform',
  'interior-ministry',
  'defence-ministry',
] as const
export type Addressee = (typeof ADDRESSEES)[number]

/** What an answer to a request says, as far as it can be said in one word. */
export const ANSWERS = ['act-named', 'no-act', 'refused', 'passed-on', 'other'] as const
export type AnswerWord = (typeof ANSWERS)[number]

/** What a record of a case is. */
const RECORD_KINDS = [
  'request',
  'receipt',
  'prolonged',
  'answer',
  'silence',
  'complaint',
  'complaint-answer',
  'act',
  'court-ruling',
  'first-judgment',
  'appeal-judgment',
  'cassation-judgment',
  'constitutional-ruling',
  'prosecutor-reply',
  'other-procedure',
  'other-procedure-result',
  'authorisation',
  'independent-data',
  'specialist-opinion',
  'signed-statement',
  'translation',
  'saved-check',
  'bundle',
  'other',
] as const
export type RecordKind = (typeof RECORD_KINDS)[number]

const answerValue = z.union([prose, z.boolean()])
const givenAnswerSchema = z.strictObject({
  value: answerValue,
  /** Who gave it, as a function: `author`, `lawyer`. */
  by: actorSchema,
  /** Day on which it was given. */
  on: day,
  /** Where it is known from, where it is not the word of who gave it. */
  source: line.optional(),
})
export type GivenAnswer = z.infer<typeof givenAnswerSchema>

/** A document as it was taken in; the copy is never changed. */
const heldSchema = z.strictObject({
  /** Below the folder of the case, with slashes. */
  path: z.string().regex(/^documents\/[a-z0-9][a-z0-9._-]{0,120}$/),
  /** The name that the file had when it was added. */
  name: z.string().min(1).max(300),
  /** Of the file; of a folder, of its sorted list of digests and paths. */
  sha256: hex(32),
  size: z.number().int().nonnegative(),
  files: z.number().int().positive(),
})
export type Held = z.infer<typeof heldSchema>

/** What was read out of a bundle when it was added. Times in UTC. */
const bundleFactsSchema = z.strictObject({
  name: line,
  simulated: z.boolean(),
  /** `not-verified` says why in `reason`. */
  verified: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('sound') }),
    z.strictObject({ kind: z.literal('wanting'), steps: z.array(z.string().max(40)).max(40) }),
    z.strictObject({ kind: z.literal('not-verified'), reason: line }),
  ]),
  incident: z
    .strictObject({
      id: line,
      revision: z.number().int().positive(),
      service_id: line,
      /** Name, else the id. */
      service: line,
      /** `AS9198` with its name where one is known. */
      network: line,
      state: line,
      word: line,
      /** How strong the evidence is, and for which side: above 0 for interference. Absent in a case of an older version. */
      support: z.enum(SUPPORT).optional(),
      log10_lr: z.number().optional(),
      running: z.boolean(),
      withdrawn: z.boolean(),
      start_utc: z.array(z.string().max(40).nullable()).length(3),
      end_utc: z.array(z.string().max(40).nullable()).length(3),
      probes: z.number().int().nonnegative(),
      probes_failed: z.number().int().nonnegative(),
      readings: z.number().int().nonnegative(),
    })
    .nullable(),
})
export type BundleFacts = z.infer<typeof bundleFactsSchema>

const logged = { sha256: hex(32), origin: line, leaf_index: z.number().int().nonnegative() }
/** What a saved check was found to be when it was added. `not-compared`: no key of the log was named. */
const checkFactsSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('sound'), ...logged }),
  z.strictObject({ kind: z.literal('not-compared'), ...logged }),
  z.strictObject({ kind: z.literal('wanting'), steps: z.array(z.string().max(40)).max(40) }),
])
export type CheckFacts = z.infer<typeof checkFactsSchema>

const recordSchema = z.strictObject({
  id: z.string().regex(/^r[1-9]\d{0,4}$/),
  kind: z.enum(RECORD_KINDS),
  /** Day on which it happened, in Asia/Almaty: sent, received, decided, signed. */
  day,
  /** Day on which the author learned of it, where that is another. */
  learned: day.optional(),
  addressee: z.enum(ADDRESSEES).optional(),
  /** Id of the record it answers. */
  about: z
    .string()
    .regex(/^r[1-9]\d{0,4}$/)
    .optional(),
  says: z.enum(ANSWERS).optional(),
  /** Number and day of the act that an answer names, or that the record is. */
  act_number: line.optional(),
  act_day: day.optional(),
  /** Until when a body takes longer, as its notice says. */
  until: day.optional(),
  /** Into which language a translation is. */
  in: z.enum(LANGS).optional(),
  /** Pages of the document, if someone counted them. */
  pages: z.number().int().positive().max(100_000).optional(),
  /** What it is or says, in the words of who added it. */
  note: prose.optional(),
  /** Where it came from: `registered letter`, `author's telephone`. */
  from: line,
  /** Why it does not count: it was entered by mistake. It stays in the case and appears in no document. */
  mistake: prose.optional(),
  held: heldSchema.optional(),
  bundle: bundleFactsSchema.optional(),
  check: checkFactsSchema.optional(),
  added_at_utc: z.iso.datetime(),
  added_by: actorSchema,
})
export type CaseRecord = z.infer<typeof recordSchema>

/** One line of the journal. `prev` is the SHA-256 of the line before it, without its line feed; null for the first. */
export const journalEntrySchema = z.strictObject({
  format: z.literal('kuager-case-journal/1'),
  at_utc: z.iso.datetime(),
  actor: actorSchema,
  what: z.enum(['made', 'answered', 'added', 'mistaken']),
  /** Ids of records or questions. */
  about: z.array(z.string().max(60)).max(100),
  detail: z.record(z.string().max(60), z.union([z.string().max(2000), z.number(), z.boolean(), z.null()])),
  prev: hex(32).nullable(),
})
export type JournalEntry = z.infer<typeof journalEntrySchema>

export const caseSchema = z.strictObject({
  format: z.literal('kuager-case/1'),
  /** Random, 8 bytes: documents carry it instead of the name of the case. */
  id: hex(8),
  name: line,
  made_at_utc: z.iso.datetime(),
  answers: z.partialRecord(z.enum(QUESTIONS.map(({ id }) => id) as [QuestionId, ...QuestionId[]]), givenAnswerSchema),
  records: z.array(recordSchema).max(5000),
  /**
   * By bundle, what only the person who measured can say, for the note on technical means. Absent if none of it was
   * given.
   */
  means: z.record(z.string().regex(/^r[1-9]\d{0,4}$/), z.partialRecord(z.enum(MEANS_FIELDS), prose)).optional(),
  /** How many lines the journal has, and its last one: a crash between the two files is repaired from here. */
  journal: z.strictObject({ lines: z.number().int().positive(), last: journalEntrySchema }),
})
export type CaseFile = z.infer<typeof caseSchema>
