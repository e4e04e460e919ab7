import { join } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import { InputError } from '../../core/model/errors.ts'
import { formatInstantUtc, type Instant } from '../../core/model/units.ts'
import { dayOf, type Day } from '../deadlines/calendar.ts'
import { changeCase, type Acting } from './case-folder.ts'
import type { BundleFacts, CaseFile, CaseRecord, CheckFacts, GivenAnswer, Held } from './case-form.ts'
import { MEANS_FIELDS, type MeansField } from '../statement/means-fields.ts'
import { checkRecord, parseAnswer } from './check-case.ts'
import { takeIn } from './take-in.ts'
import { QUESTIONS, type CaseQuestion, type QuestionId } from './questions.ts'

/** An answer as it is given, not yet held to its question. */
export interface NewAnswer {
  readonly id: QuestionId
  readonly value: unknown
  readonly by?: string
  readonly source?: string
}

/** Records answers of the questionnaire; a new answer replaces an earlier one, and the journal says so. */
export function addAnswers(folder: string, answers: readonly NewAnswer[], acting: Acting): Promise<CaseFile> {
  return changeCase(folder, acting, (before) => {
    if (answers.length === 0)
      throw new InputError('Cannot record the questionnaire: found no answer in it', {
        code: 'intake.empty',
        path: '',
        expected: 'at least one answer',
      })
    const given: Partial<Record<QuestionId, GivenAnswer>> = {}
    for (const { id, value, by = acting.actor, source } of answers) {
      const question = QUESTIONS.find((one) => one.id === id)
      if (question === undefined) continue
      const answer = { value: answerAt(question, value, acting.now), by, on: dayOf(acting.now) }
      given[id] = source === undefined ? answer : { ...answer, source }
    }
    const replaced = answers.filter(({ id }) => before.answers[id] !== undefined).length
    return {
      next: { ...before, answers: { ...before.answers, ...given } },
      entry: { what: 'answered', about: answers.map(({ id }) => id), detail: { replaced } },
    }
  })
}

/**
 * Records what the person who measured says about the means, for the bundle of a record; a new statement replaces an
 * earlier one on the same point, and the journal says so.
 */
export function addMeans(
  folder: string,
  about: string,
  given: Readonly<Partial<Record<MeansField, string>>>,
  acting: Acting,
): Promise<CaseFile> {
  return changeCase(folder, acting, (before) => {
    const said = before.means?.[about] ?? {}
    const fields = MEANS_FIELDS.filter((field) => given[field] !== undefined)
    if (fields.length === 0)
      throw new InputError('Cannot take the note on technical means in: it says nothing', {
        code: 'means.empty',
        path: '',
        expected: MEANS_FIELDS.join(', '),
      })
    const replaced = fields.filter((field) => said[field] !== undefined).length
    return {
      next: { ...before, means: { ...before.means, [about]: { ...said, ...given } } },
      entry: { what: 'answered', about: [about, ...fields], detail: { means: true, replaced } },
    }
  })
}

/**
 * Says of a record that it was entered by mistake, and why. Nothing of it is removed: it stays in the case with its document,
 * counts for nothing, and appears in no document. Throws InputError for a record that is none or was said to be one
 * already.
 */
export function markMistake(folder: string, id: string, why: string, acting: Acting): Promise<CaseFile> {
  return changeCase(folder, acting, (before) => {
    const found = before.records.find((one) => one.id === id)
    if (found === undefined || found.mistake !== undefined)
      throw new InputError(
        `Cannot mark "${id}": ${found === undefined ? 'it is no record of this case' : 'it was marked already'}`,
        { code: 'case.invalid', path: '--mistake', expected: 'an id that "kuager case status" shows' },
      )
    return {
      next: { ...before, records: before.records.map((one) => (one.id === id ? { ...one, mistake: why } : one)) },
      entry: { what: 'mistaken', about: [id], detail: { kind: found.kind, day: found.day } },
    }
  })
}

/** An answer as its question asks for it, given at a time; throws InputError for another, and for a day that lies ahead. */
export function answerAt(
  question: CaseQuestion & { readonly id: string },
  value: unknown,
  now: Instant,
): string | boolean {
  const answer = parseAnswer(question, value)
  if (question.kind === 'day') refuseFuture([String(answer)], `/${question.id}`, now)
  return answer
}

/** A record as it is added: without its id, its copy and the time. */
export type NewRecord = Omit<CaseRecord, 'id' | 'held' | 'bundle' | 'check' | 'added_at_utc' | 'added_by' | 'day'> & {
  readonly day: Day
  /** File, or folder of a bundle, that is copied in. */
  readonly file?: string
}

interface AddRecordOptions {
  readonly signal: AbortSignal
  /** Reads the facts of a bundle that was copied in; `path` leads to the copy. */
  readonly readBundle?: (path: string, held: Held) => Promise<BundleFacts>
  /** Verifies a saved check that was copied in. */
  readonly readCheck?: (path: string) => Promise<CheckFacts>
}

/**
 * Adds a record, with a copy of its file. It is checked before anything is copied. Throws InputError if it does not fit
 * the case, is dated in the future, or its file cannot be read.
 */
export function addRecord(
  folder: string,
  { file, ...given }: NewRecord,
  acting: Acting,
  { signal, readBundle, readCheck }: AddRecordOptions,
): Promise<CaseFile> {
  return changeCase(folder, acting, async (before) => {
    const id = `r${before.records.length + 1}`
    const bare: CaseRecord = {
      ...given,
      id,
      added_at_utc: formatInstantUtc(acting.now),
      added_by: acting.actor,
    }
    refuseFuture([bare.day, bare.learned, bare.act_day], '--day', acting.now)
    const stand: Held = { path: 'documents/x', name: 'x', sha256: '0'.repeat(64), size: 0, files: 1 }
    checkRecord(file === undefined ? bare : { ...bare, held: stand }, before.records)
    if (before.records.some((one) => one.id === bare.about && one.mistake !== undefined))
      throw new InputError(`Cannot take into the case: "${bare.about ?? ''}" was entered by mistake`, {
        code: 'case.invalid',
        path: '--about',
        expected: 'an id of a record that counts',
      })
    const held = file === undefined ? undefined : await takeIn(folder, id, file, signal)
    const bundle =
      held === undefined || readBundle === undefined || given.kind !== 'bundle'
        ? undefined
        : await readBundle(join(folder, held.path), held)
    const check =
      held === undefined || readCheck === undefined || given.kind !== 'saved-check'
        ? undefined
        : await readCheck(join(folder, held.path))
    const record = {
      ...bare,
      ...defined({ held, bundle, check }),
    }
    return {
      next: { ...before, records: [...before.records, record] },
      entry: {
        what: 'added',
        about: [id],
        detail: { kind: record.kind, day: record.day, ...defined({ sha256: held?.sha256 }) },
      },
    }
  })
}

/** No day of a case lies ahead: a term that runs from one would be later than it is. */
function refuseFuture(days: readonly (string | undefined)[], path: string, now: Instant): void {
  const today = dayOf(now)
  const late = days.find((one) => one !== undefined && one > today)
  if (late === undefined) return
  throw new InputError(`Cannot take into the case: ${late} is in the future`, {
    code: 'case.invalid',
    path,
    expected: `a day up to ${today}`,
  })
}
