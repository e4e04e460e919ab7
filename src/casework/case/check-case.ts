import { InputError } from '../../core/model/errors.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { ADDRESSEES, type CaseFile, type CaseRecord } from './case-form.ts'
import { QUESTIONS, type CaseQuestion } from './questions.ts'

const wrong = (path: string, found: string, expected: string): InputError =>
  new InputError(`Cannot take into the case: ${found}`, { code: 'case.invalid', path, expected })

/** Gives an answer in the kind that its question asks for; throws InputError for another. */
export function parseAnswer(question: CaseQuestion, value: unknown): string | boolean {
  const path = `/${question.id}`
  switch (question.kind) {
    case 'yes-no':
      if (typeof value === 'boolean') return value
      throw wrong(path, `the answer to "${question.id}" is neither true nor false`, 'true or false')
    case 'day':
      return parseDay(value, path, question.first)
    case 'choice':
      if (typeof value === 'string' && question.choices.includes(value)) return value
      throw wrong(path, `the answer to "${question.id}" is none of the choices`, question.choices.join(', '))
    case 'text':
      if (typeof value === 'string' && value.trim() !== '' && value.length <= 20_000) return value.trim()
      throw wrong(path, `the answer to "${question.id}" is no text`, 'a text of at most 20000 characters')
  }
}

/** Kinds of record that answer another, with the kinds they may answer. */
const ANSWERS_TO: Readonly<Partial<Record<CaseRecord['kind'], readonly CaseRecord['kind'][]>>> = {
  receipt: ['request', 'complaint'],
  prolonged: ['request', 'complaint'],
  answer: ['request'],
  silence: ['request'],
  'complaint-answer': ['complaint'],
  'other-procedure-result': ['other-procedure'],
}

/** Throws InputError where a record cannot stand beside those of the case. */
export function checkRecord(record: CaseRecord, before: readonly CaseRecord[]): void {
  if (before.some(({ id }) => id === record.id)) throw wrong(`/records/${record.id}`, 'its id stands twice', 'a new id')
  if (record.learned !== undefined && record.learned < record.day)
    throw wrong(
      '--learned',
      `learned on ${record.learned}, before it happened on ${record.day}`,
      'the same day or later',
    )
  if ((record.kind === 'request') !== (record.addressee !== undefined))
    throw wrong('--to', 'only a request has an addressee, and each has one', ADDRESSEES.join(', '))
  if (record.says !== undefined && record.kind !== 'answer')
    throw wrong('--says', `a record of kind "${record.kind}" says nothing`, 'an answer to a request')
  const named = record.kind === 'act' || record.says === 'act-named'
  if (!named && (record.act_number !== undefined || record.act_day !== undefined))
    throw wrong('--act-number', 'the record is no act and names none', 'an act, or an answer with --says act-named')
  if (record.until !== undefined && record.kind !== 'prolonged')
    throw wrong('--until', `a record of kind "${record.kind}" prolongs nothing`, 'a notice that an answer takes longer')
  if (record.kind === 'silence' ? record.held !== undefined : record.kind === 'bundle' && record.held === undefined)
    throw wrong(
      'file',
      `a record of kind "${record.kind}" has ${record.held === undefined ? 'no' : 'a'} file`,
      record.kind === 'silence' ? 'none' : 'a file',
    )
  if ((record.kind === 'translation') !== (record.in !== undefined))
    throw wrong('--in', 'only a translation is into a language, and each is', 'kk, ru or en')
  const to = ANSWERS_TO[record.kind]
  if ((to === undefined) !== (record.about === undefined))
    throw wrong(
      '--about',
      to === undefined ? `a record of kind "${record.kind}" answers nothing` : 'what it answers is not named',
      to === undefined ? 'no --about' : `--about with the id of a ${to.join(' or ')}`,
    )
  if (to === undefined) return
  const asked = before.find(({ id }) => id === record.about)
  if (asked === undefined || !to.includes(asked.kind))
    throw wrong(
      '--about',
      `"${record.about ?? ''}" is no ${to.join(' or ')} of this case`,
      'an id that "kuager case status" shows',
    )
  if (record.day < asked.day)
    throw wrong('--day', `${record.day} lies before ${asked.id} of ${asked.day}`, 'the same day or later')
}

/** Throws InputError where what a whole case says does not fit together, as a file changed by hand may. */
export function checkCase(file: CaseFile): void {
  for (const question of QUESTIONS) {
    const given = file.answers[question.id]
    if (given !== undefined) parseAnswer(question, given.value)
  }
  for (const [index, record] of file.records.entries()) checkRecord(record, file.records.slice(0, index))
  for (const id of Object.keys(file.means ?? {}))
    if (!file.records.some((record) => record.id === id && record.kind === 'bundle'))
      throw wrong('--about', `"${id}" is no bundle of this case`, 'an id of a bundle that "kuager case status" shows')
}
