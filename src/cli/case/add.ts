import { resolve } from 'node:path'
import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
import type { ParseArgsConfig } from 'node:util'
import { addAnswers, addMeans, addRecord, markMistake, type NewRecord } from '../../casework/case/change.ts'
import { openCaseFolder, type Acting } from '../../casework/case/case-folder.ts'
import {
  ADDRESSEES,
  ANSWERS,
  type BundleFacts,
  type CaseFile,
  type CheckFacts,
  type RecordKind,
} from '../../casework/case/case-form.ts'
import { answerDeadline, requestsOf, stayedSilent, withoutMistakes } from '../../casework/case/occurrences.ts'
import { orderOf } from '../../casework/case/order.ts'
import { dayOf, parseDay, type Day } from '../../casework/deadlines/calendar.ts'
import { loadLaw } from '../../casework/law/load-law.ts'
import { formatDay } from '../../casework/documents/day-text.ts'
import { PART_WORDS } from '../../casework/documents/words/parts.ts'
import type { VerifierKey } from '../../core/evidence/log/signed-note.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { ordersSchema } from '../../core/model/tables/record.ts'
import { say } from '../../core/text/format.ts'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { readBundle } from '../../app/case/bundle.ts'
import { names } from '../../app/case/names.ts'
import { askIntake, readIntake, readMeans } from './intake.ts'
import { printable } from '../../core/text/printable.ts'

/** Options that name the file of a record, each with the kind it makes. */
const FILE_OPTIONS = {
  request: 'request',
  receipt: 'receipt',
  prolonged: 'prolonged',
  answer: 'answer',
  complaint: 'complaint',
  'complaint-answer': 'complaint-answer',
  act: 'act',
  'court-ruling': 'court-ruling',
  'first-judgment': 'first-judgment',
  'appeal-judgment': 'appeal-judgment',
  'cassation-judgment': 'cassation-judgment',
  'constitutional-ruling': 'constitutional-ruling',
  'prosecutor-reply': 'prosecutor-reply',
  'other-procedure': 'other-procedure',
  'other-procedure-result': 'other-procedure-result',
  authorisation: 'authorisation',
  'independent-data': 'independent-data',
  'specialist-opinion': 'specialist-opinion',
  'signed-statement': 'signed-statement',
  translation: 'translation',
  'saved-check': 'saved-check',
  bundle: 'bundle',
  document: 'other',
} as const satisfies Record<string, RecordKind>
type FileOption = keyof typeof FILE_OPTIONS
const FILE_NAMES = Object.keys(FILE_OPTIONS) as readonly FileOption[]

const text = { type: 'string' } as const
export const ADD_OPTIONS = {
  ...(Object.fromEntries(FILE_NAMES.map((name) => [name, text])) as Record<FileOption, typeof text>),
  intake: text,
  means: text,
  mistake: text,
  in: text,
  ask: { type: 'boolean', default: false },
  silence: { type: 'boolean', default: false },
  record: text,
  day: text,
  learned: text,
  to: text,
  about: text,
  says: text,
  'act-number': text,
  'act-day': text,
  until: text,
  pages: text,
  from: text,
  note: text,
  'export-order': text,
  key: { type: 'string', multiple: true },
} as const satisfies ParseArgsConfig['options']

type Values = Readonly<Partial<Record<keyof typeof ADD_OPTIONS, string | boolean | string[]>>>

/** Adds one thing to a case: answers of the intake, or a record with its document. */
export async function runAdd(
  folder: string,
  values: Values,
  { world, lang, acting }: { readonly world: World; readonly lang: Lang; readonly acting: Acting },
): Promise<number> {
  const chosen = [
    ...FILE_NAMES.filter((name) => values[name] !== undefined),
    ...(['intake', 'means', 'mistake', 'record'] as const).filter((name) => values[name] !== undefined),
    ...(['ask', 'silence'] as const).filter((name) => values[name] === true),
  ]
  const [what, second] = chosen
  if (what === undefined || second !== undefined)
    throw new InputError(
      `Cannot add to the case: ${what === undefined ? 'nothing is named' : `both --${what} and --${second ?? ''} are named`}; see "kuager case --help"`,
      {
        code: 'case.usage',
        path: 'arguments',
        expected: 'one of --intake, --means, --mistake, --ask, --silence, --record or a document',
      },
    )
  if (what === 'intake' || what === 'ask') {
    const answers =
      what === 'ask'
        ? await askIntake(await openCaseFolder(folder), { lang, world, now: acting.now })
        : await readIntake(String(values.intake), world)
    if (what === 'ask' && answers.length === 0) return 0
    await addAnswers(folder, answers, acting)
    world.out.write(`${say(lang, 'casework.answered', { count: formatNumber(lang, answers.length) })}\n`)
    return 0
  }
  if (what === 'means') {
    if (typeof values.about !== 'string') throw wrongOption('about', 'it is missing', 'the id of a bundle')
    await addMeans(folder, values.about, await readMeans(String(values.means), world), acting)
    world.out.write(`${say(lang, 'casework.means-added', { record: printable(values.about) })}\n`)
    return 0
  }
  if (what === 'mistake') {
    const id = String(values.mistake)
    if (typeof values.note !== 'string' || values.note.trim() === '')
      throw wrongOption('note', 'it is missing', 'why the record does not count')
    await markMistake(folder, id, values.note, acting)
    world.out.write(`${say(lang, 'casework.mistaken', { record: printable(id) })}\n`)
    return 0
  }
  const record = await readRecord(what, values, world, acting)
  if (values['export-order'] !== undefined && record.kind !== 'answer' && record.kind !== 'silence')
    throw wrongOption('export-order', `the record is of kind "${record.kind}"`, 'an answer or a silence')
  const given = Array.isArray(values.key) ? values.key : []
  if (given.length > 0 && what !== 'saved-check')
    throw wrongOption('key', `the record is of kind "${record.kind}"`, 'a saved check, whose log it is the key of')
  const trusted = given.length === 0 ? [] : await keysOf(given, world)
  const after = await addRecord(folder, record, acting, {
    signal: world.signal,
    readBundle: (path) => factsOf(path, world),
    readCheck: async (path) => (await import('./verify.ts')).verifyCheckForCase(path, trusted),
  })
  tell(after, lang, world)
  if (values['export-order'] !== undefined)
    await exportOrder(after, String(values['export-order']), { world, lang, about: record.about ?? '' })
  const { bundle, check } = after.records.at(-1) ?? {}
  return bundle?.verified.kind === 'wanting' || check?.kind === 'wanting' ? 3 : 0
}

async function readRecord(
  what: FileOption | 'record' | 'silence',
  values: Values,
  world: World,
  acting: Acting,
): Promise<NewRecord> {
  const given = (name: keyof Values): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const kind =
    what === 'silence' ? 'silence' : what === 'record' ? recordKind(given('record') ?? '') : FILE_OPTIONS[what]
  const file = what === 'silence' || what === 'record' ? undefined : resolve(world.cwd, given(what) ?? '')
  const learned = given('learned')
  const about = given('about')
  const note = given('note')
  const number = given('act-number')
  const actDay = given('act-day')
  const pages = given('pages')
  const until = given('until')
  const to = oneOf('to', given('to'), ADDRESSEES)
  const says = oneOf('says', given('says'), ANSWERS)
  const into = oneOf('in', given('in'), LANGS)
  const from = given('from')
  if (from === undefined) throw wrongOption('from', 'it is missing', 'where the document or the knowledge comes from')
  return {
    kind,
    day: await dayOfRecord(given('day'), kind, { file, world, acting }),
    from,
    ...defined({ file }),
    ...(learned === undefined ? {} : { learned: parseDay(learned, '--learned') }),
    ...defined({ addressee: to, about, says, in: into, note, act_number: number }),
    ...(actDay === undefined ? {} : { act_day: parseDay(actDay, '--act-day') }),
    ...(until === undefined ? {} : { until: parseDay(until, '--until') }),
    ...(pages === undefined ? {} : { pages: readPageCount('pages', pages) }),
  }
}

/** Kinds of which the day may be known and the document not be at hand. */
function recordKind(word: string): RecordKind {
  const kinds = Object.values(FILE_OPTIONS).filter((kind) => kind !== 'bundle' && kind !== 'other')
  const found = kinds.find((kind) => kind === word)
  if (found === undefined) throw wrongOption('record', `found "${printable(word)}"`, kinds.join(', '))
  return found
}

/** A number of pages that an option names; throws InputError for anything else. */
export function readPageCount(option: string, word: string): number {
  if (/^[1-9]\d{0,4}$/.test(word)) return Number(word)
  throw wrongOption(option, `found "${printable(word)}"`, 'a number of pages')
}

function oneOf<T extends string>(option: string, word: string | undefined, words: readonly T[]): T | undefined {
  if (word === undefined) return undefined
  const found = words.find((one) => one === word)
  if (found === undefined) throw wrongOption(option, `found "${printable(word)}"`, words.join(', '))
  return found
}

async function dayOfRecord(
  given: string | undefined,
  kind: RecordKind,
  { file, world, acting }: { readonly file: string | undefined; readonly world: World; readonly acting: Acting },
): Promise<Day> {
  if (given !== undefined) return parseDay(given, '--day')
  if (kind === 'bundle' && file !== undefined) {
    const made = dayOf((await readBundle(file, notYet, { names: names(), world })).madeAt)
    // A clock that is ahead must not keep a bundle out of the case.
    return made > dayOf(acting.now) ? dayOf(acting.now) : made
  }
  throw wrongOption('day', 'it is missing', 'the day on which it happened, as YYYY-MM-DD')
}

const notYet: BundleFacts['verified'] = { kind: 'not-verified', reason: 'it is only read' }

async function factsOf(path: string, world: World): Promise<BundleFacts> {
  const { verifyForCase } = await import('./verify.ts')
  const verified = await verifyForCase(path, world)
  return (await readBundle(path, verified, { names: names(), world })).facts
}

async function keysOf(given: readonly string[], world: World): Promise<readonly VerifierKey[]> {
  const { readKeys } = await import('../verify/verify.ts')
  return (await Promise.all(given.map((key) => readKeys(key, world)))).flat()
}

function tell({ records }: CaseFile, lang: Lang, world: World): void {
  const record = records.at(-1)
  if (record === undefined) return
  const kind = PART_WORDS[lang].records[record.kind]
  const day = formatDay(lang, parseDay(record.day))
  world.out.write(`${say(lang, 'casework.added', { record: record.id, kind, day })}\n`)
  const law = loadLaw()
  const early = requestsOf({ records }).find(
    (one) => one.reply === record && record.kind === 'silence' && !stayedSilent(one, { records }, law),
  )
  if (early !== undefined) {
    const day = formatDay(lang, answerDeadline(early.request, { records }, law).last)
    world.err.write(`${say(lang, 'casework.silence-early', { day })}\n`)
  }
  const { bundle, check } = record
  if (check !== undefined) world.out.write(`${checkWords(lang, check)}\n`)
  if (bundle === undefined) return
  world.out.write(`${verifiedWords(lang, bundle.verified)}\n`)
  if (bundle.incident === null) world.out.write(`${say(lang, 'casework.bundle-none')}\n`)
  else if (bundle.incident.withdrawn)
    world.out.write(`${say(lang, 'bundle.withdrawn', { file: 'data/incident.json' })}\n`)
}

/** What the verification of a bundle found, in one sentence. */
export function verifiedWords(lang: Lang, verified: BundleFacts['verified']): string {
  switch (verified.kind) {
    case 'sound':
      return say(lang, 'casework.bundle-sound')
    case 'wanting':
      return say(lang, 'casework.bundle-wanting', { steps: verified.steps.join(', ') })
    case 'not-verified':
      return say(lang, 'casework.bundle-not-verified', { reason: printable(verified.reason) })
  }
}

/** What the verification of a saved check found, in one sentence. */
export const checkWords = (lang: Lang, check: CheckFacts): string =>
  check.kind === 'wanting'
    ? say(lang, 'casework.check-wanting', { steps: check.steps.join(', ') })
    : say(lang, `casework.check-${check.kind}`)

interface Exporting {
  readonly world: World
  readonly lang: Lang
  readonly about: string
}

async function exportOrder(file: CaseFile, out: string, { world, lang, about }: Exporting): Promise<void> {
  const list = ordersSchema.parse({ orders: [orderOf(withoutMistakes(file), about)] })
  await writeDurable(resolve(world.cwd, out), Buffer.from(`${JSON.stringify(list, null, 2)}\n`))
  world.out.write(`${say(lang, 'casework.order-written', { file: printable(out) })}\n`)
}
