import { task } from '../terminal/command.ts'
import {
  flag,
  optional,
  repeatable,
  under,
  wholeNumber,
  wordOf,
  type DeclaredOption,
  type OptionReader,
  type OptionValues,
} from '../terminal/option.ts'
import { filePath, LANG } from '../terminal/shared-options.ts'
import { ACTOR, CASE, caseCall } from './options.ts'
import type { World } from '../../runtime/world.ts'
import { writeDurable } from '../../runtime/files/durable-file.ts'
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

const day: OptionReader<Day> = (text, { name }) => parseDay(text, `--${name}`)

/** Kinds of which the day may be known although the document is not available. */
const RECORD_KINDS = Object.values(FILE_OPTIONS).filter((kind) => kind !== 'bundle' && kind !== 'other')

const DOCUMENTS: Readonly<Record<FileOption, string>> = {
  request: 'A request, as it was sent; with --to.',
  receipt: 'Proof that what --about names was received.',
  prolonged: 'Notice that a body takes longer; with --until.',
  answer: 'Answer to the request that --about names; with --says.',
  complaint: 'A complaint.',
  'complaint-answer': 'Answer to a complaint.',
  act: 'The act that orders the restriction.',
  'court-ruling': 'A ruling of a court, such as the return of the claim.',
  'first-judgment': 'Judgment of the first instance.',
  'appeal-judgment': 'Judgment on appeal.',
  'cassation-judgment': 'Judgment in cassation.',
  'constitutional-ruling': 'Ruling of the Constitutional Court.',
  'prosecutor-reply': 'Reply of a prosecutor.',
  'other-procedure': 'Submission to another international procedure.',
  'other-procedure-result': 'Result of another international procedure.',
  authorisation: 'Authorisation of the person who acts for the author.',
  'independent-data': 'Measurements by others.',
  'specialist-opinion': 'Opinion of a specialist.',
  'signed-statement': 'A statement of facts, signed.',
  translation: 'Translation of a document; with --in.',
  'saved-check': 'A saved check of a connection. It is verified.',
  bundle: 'A bundle of evidence: its folder or zip. It is verified.',
  document: 'Any other document.',
}

const DOCUMENT_OPTIONS = under(
  'Documents',
  Object.fromEntries(FILE_NAMES.map((name) => [name, optional('FILE', DOCUMENTS[name], { read: filePath })])) as Record<
    FileOption,
    DeclaredOption<string | undefined>
  >,
)

const OPTIONS = {
  ask: flag('Ask each open question on the terminal; an empty answer leaves it open.'),
  intake: optional(
    'FILE',
    `Answers as JSON, {"learned": "2026-03-05", "use": {"value": "…", "source": "…"}}; "kuager case status --json" names the
    questions that are open.`,
  ),
  means: optional(
    'FILE',
    `What the person who measured says, for the note on technical means: {"who": "…"} with who, purpose, device, source,
    binary, contract, place, clock, conditions, actions, declaration.`,
  ),
  mistake: optional('ID', 'A record that does not count: it stays in the case and appears in no document.'),
  silence: flag('No answer to a request came until DAY. It counts when the deadline of the answer is over.'),
  record: optional('KIND', `A record whose document is not available: ${RECORD_KINDS.join(', ')}.`, {
    read: wordOf(RECORD_KINDS),
  }),
  ...DOCUMENT_OPTIONS,
  ...under('About a record', {
    day: optional('DAY', 'Day on which it happened, YYYY-MM-DD in Almaty.', {
      read: day,
      byDefault: 'of a bundle the day it was made',
    }),
    learned: optional('DAY', 'Day on which the author learned of it, if later: deadlines run from then.', {
      read: day,
    }),
    to: optional('WHOM', `Addressee: ${ADDRESSEES.join(', ')}.`, { read: wordOf(ADDRESSEES) }),
    until: optional('DAY', 'Of --prolonged: until when the body takes longer, as its notice says.', { read: day }),
    about: optional(
      'ID',
      'What is answered, received or prolonged, or the bundle of --means: r1, r2 … as "kuager case status" shows them.',
    ),
    in: optional('LANG', `Language of a translation: ${LANGS.join(', ')}.`, { read: wordOf(LANGS) }),
    says: optional('WHAT', `What the answer says: ${ANSWERS.join(', ')}.`, { read: wordOf(ANSWERS) }),
    'act-number': optional('NUMBER', 'Number of an act, or of the one that an answer names.'),
    'act-day': optional('DAY', 'Day of that act.', { read: day }),
    pages: optional('N', 'Pages of the document, for the index of annexes.', { read: wholeNumber(1, 99_999) }),
    key: repeatable(
      'KEY',
      'Key of the log of a saved check, or a file of keys. Without it: whose log it is is not compared.',
    ),
    from: optional('WHERE', 'Where the document or the knowledge comes from.'),
    note: optional('TEXT', 'Result or content, in your own words: it appears in the documents.'),
    'export-order': optional('OUT', 'Write an entry for data/record/orders.json; nothing is published.', {
      read: filePath,
    }),
  }),
  actor: ACTOR,
  lang: LANG,
}

type Asked = OptionValues<typeof OPTIONS>

export const command = task({
  about: `
Add a document or answers to a case. A document is copied with its SHA-256 hash. Each addition is one line of
journal.jsonl; nothing is overwritten. Bundles and saved checks are verified.`,
  examples: ['my-case --ask', 'my-case --bundle evidence.zip --from "the page of the incident"'],
  words: CASE,
  usage: [
    'DIR (--ask | --intake FILE)',
    'DIR --means FILE --about ID',
    'DIR --mistake ID --note WHY',
    'DIR --request FILE --to WHOM --day DAY --from WHERE',
    'DIR (--answer FILE --says WHAT | --silence) --about ID --day DAY --from WHERE [--export-order OUT]',
    'DIR --bundle PATH --from WHERE',
    'DIR --saved-check FILE [--key KEY] --day DAY --from WHERE',
    'DIR --DOCUMENT FILE --day DAY --from WHERE',
    'DIR --record KIND --day DAY --from WHERE',
  ],
  options: OPTIONS,
  exit: { 3: 'a bundle or a saved check failed verification' },
  run(values, call) {
    const { folder, acting } = caseCall(values, call)
    return addTo(folder, values, { world: call.world, lang: values.lang, acting })
  },
})

/** Adds one thing to a case: answers of the questionnaire, or a record with its document. */
async function addTo(
  folder: string,
  values: Asked,
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
      `Cannot add to the case: ${what === undefined ? 'nothing is named' : `both --${what} and --${second ?? ''} are named`}; see "kuager case add --help"`,
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
        : await readIntake(values.intake ?? '', world)
    if (what === 'ask' && answers.length === 0) return 0
    await addAnswers(folder, answers, acting)
    world.out.write(`${say(lang, 'casework.answered', { count: formatNumber(lang, answers.length) })}\n`)
    return 0
  }
  if (what === 'means') {
    if (values.about === undefined) throw wrongOption('about', 'it is missing', 'the id of a bundle')
    await addMeans(folder, values.about, await readMeans(values.means ?? '', world), acting)
    world.out.write(`${say(lang, 'casework.means-added', { record: printable(values.about) })}\n`)
    return 0
  }
  if (what === 'mistake') {
    const id = values.mistake ?? ''
    if (values.note === undefined || values.note.trim() === '')
      throw wrongOption('note', 'it is missing', 'why the record does not count')
    await markMistake(folder, id, values.note, acting)
    world.out.write(`${say(lang, 'casework.mistaken', { record: printable(id) })}\n`)
    return 0
  }
  const record = await readRecord(what, values, world, acting)
  if (values['export-order'] !== undefined && record.kind !== 'answer' && record.kind !== 'silence')
    throw wrongOption('export-order', `the record is of kind "${record.kind}"`, 'an answer or a silence')
  const given = values.key
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
    await exportOrder(after, values['export-order'], { world, lang, about: record.about ?? '' })
  const { bundle, check } = after.records.at(-1) ?? {}
  return bundle?.verified.kind === 'wanting' || check?.kind === 'wanting' ? 3 : 0
}

async function readRecord(
  what: FileOption | 'record' | 'silence',
  values: Asked,
  world: World,
  acting: Acting,
): Promise<NewRecord> {
  const kind = what === 'silence' ? 'silence' : what === 'record' ? values.record : FILE_OPTIONS[what]
  if (kind === undefined) throw wrongOption('record', 'it is missing', RECORD_KINDS.join(', '))
  const file = what === 'silence' || what === 'record' ? undefined : values[what]
  const { learned, about, note, pages, until, to, says, in: into, from } = values
  const number = values['act-number']
  const actDay = values['act-day']
  if (from === undefined) throw wrongOption('from', 'it is missing', 'where the document or the knowledge comes from')
  return {
    kind,
    day: await dayOfRecord(values.day, kind, { file, world, acting }),
    from,
    ...(file === undefined ? {} : { file }),
    ...(learned === undefined ? {} : { learned }),
    ...(to === undefined ? {} : { addressee: to }),
    ...(about === undefined ? {} : { about }),
    ...(says === undefined ? {} : { says }),
    ...(into === undefined ? {} : { in: into }),
    ...(note === undefined ? {} : { note }),
    ...(number === undefined ? {} : { act_number: number }),
    ...(actDay === undefined ? {} : { act_day: actDay }),
    ...(until === undefined ? {} : { until }),
    ...(pages === undefined ? {} : { pages }),
  }
}

async function dayOfRecord(
  given: Day | undefined,
  kind: RecordKind,
  { file, world, acting }: { readonly file: string | undefined; readonly world: World; readonly acting: Acting },
): Promise<Day> {
  if (given !== undefined) return given
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
  const kind = say(lang, `document.record.${record.kind}`)
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
  await writeDurable(out, Buffer.from(`${JSON.stringify(list, null, 2)}\n`))
  world.out.write(`${say(lang, 'casework.order-written', { file: printable(out) })}\n`)
}
