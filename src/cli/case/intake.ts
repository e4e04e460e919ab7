import { z } from 'zod'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { answerAt, type NewAnswer } from '../../casework/case/change.ts'
import { isQuestionId, QUESTIONS, type CaseQuestion, type QuestionId } from '../../casework/case/questions.ts'
import type { CaseFile } from '../../casework/case/case-form.ts'
import { MEANS_FIELDS, type MeansField } from '../../casework/statement/means-fields.ts'
import { InputError } from '../../core/model/errors.ts'
import type { Instant } from '../../core/model/units.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { readJson } from '../../app/proof/frozen-file.ts'
import { printable } from '../../core/text/printable.ts'

const given = z.union([
  z.string(),
  z.boolean(),
  z.strictObject({
    value: z.union([z.string(), z.boolean()]),
    by: z.string().optional(),
    source: z.string().optional(),
  }),
])

/**
 * Answers of a JSON file: `{"learned": "2026-03-05", "use": {"value": …, "by": "author", "source": …}}`. Throws InputError
 * for a question that is not asked, so that an answer under a wrong name is not lost.
 */
export async function readIntake(file: string, world: World): Promise<readonly NewAnswer[]> {
  const parsed = z.record(z.string(), given).safeParse(await readJson(file, world))
  const wrong = (found: string, path: string, expected: string): InputError =>
    new InputError(`Cannot read questionnaire "${printable(file)}": ${found}`, { code: 'intake.form', path, expected })
  if (!parsed.success)
    throw wrong(
      'it is no object of answers',
      `/${parsed.error.issues[0]?.path.join('/') ?? ''}`,
      'an answer to each question',
    )
  return Object.entries(parsed.data).map(([id, answer]): NewAnswer => {
    if (!isQuestionId(id))
      throw wrong(`there is no question "${printable(id)}"`, `/${id}`, QUESTIONS.map((one) => one.id).join(', '))
    if (typeof answer !== 'object') return { id, value: answer }
    const { value, by, source } = answer
    return { id, value, ...defined({ by, source }) }
  })
}

/**
 * What the person who measured says, for the note on technical means: `{"who": "…", "device": "…"}`. Throws InputError for a point
 * that the note does not have, so that nothing said is lost.
 */
export async function readMeans(file: string, world: World): Promise<Readonly<Partial<Record<MeansField, string>>>> {
  const parsed = z
    .partialRecord(z.enum(MEANS_FIELDS), z.string().trim().min(1).max(20_000))
    .safeParse(await readJson(file, world))
  if (parsed.success) return parsed.data
  throw new InputError(
    `Cannot read the means "${printable(file)}": ${parsed.error.issues[0]?.message ?? 'no object'}`,
    {
      code: 'means.form',
      path: `/${parsed.error.issues[0]?.path.join('/') ?? ''}`,
      expected: `a text for any of ${MEANS_FIELDS.join(', ')}`,
    },
  )
}

interface AskingIntake {
  readonly lang: Lang
  readonly world: World
  /** No day that is given may lie ahead of it. */
  readonly now: Instant
}

/**
 * Asks the questions on the terminal, those without an answer first to last; an empty answer leaves the question open. What
 * the case would not take is asked again: all answers of a sitting are taken at once, or none.
 */
export async function askIntake(file: CaseFile, { lang, world, now }: AskingIntake): Promise<readonly NewAnswer[]> {
  const { ask } = world
  if (ask === undefined)
    throw new InputError('Cannot ask: no person is at the terminal', {
      code: 'intake.terminal',
      path: '--ask',
      expected: 'a terminal, or --intake FILE',
    })
  world.err.write(`${say(lang, 'question.about')} ${say(lang, 'question.skip')}\n\n`)
  const answers: NewAnswer[] = []
  for (const question of QUESTIONS) {
    if (file.answers[question.id] !== undefined) continue
    const value = await askOne(question, ask, { lang, world, now })
    if (value === null) break
    if (value !== undefined) answers.push({ id: question.id, value })
  }
  return answers
}

type Ask = NonNullable<World['ask']>
const TRIES = 3

/** The answer; undefined where it stays open, null if no more answers come. */
async function askOne(
  question: CaseQuestion & { readonly id: QuestionId },
  ask: Ask,
  { lang, world, now }: AskingIntake,
): Promise<string | boolean | undefined | null> {
  const hint = hintOf(question, lang)
  const words = `${say(lang, `question.${question.id}`)}${hint === '' ? '' : ` (${hint})`}\n> `
  for (let tries = 0; tries < TRIES; tries++) {
    const text = await ask(words, world.signal)
    if (text === undefined) return null
    if (text.trim() === '') return undefined
    try {
      return answerAt(question, meant(question, lang, text.trim()), now)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      world.err.write(`${say(lang, 'question.not-understood')} ${hint}\n`)
    }
  }
  return undefined
}

function hintOf(question: CaseQuestion, lang: Lang): string {
  switch (question.kind) {
    case 'day':
      return say(lang, 'question.day')
    case 'yes-no':
      return say(lang, 'question.yes-no')
    case 'choice':
      return say(lang, 'question.choice', { choices: question.choices.join(', ') })
    case 'text':
      return ''
  }
}

/** A yes or no in the language of the question; everything else as it was written. */
function meant(question: CaseQuestion, lang: Lang, text: string): string | boolean {
  if (question.kind !== 'yes-no') return text
  if (text.toLocaleLowerCase(lang) === say(lang, 'question.yes')) return true
  return text.toLocaleLowerCase(lang) === say(lang, 'question.no') ? false : text
}
