import { defined } from '../../core/model/defined.ts'
import type { World } from '../../runtime/world.ts'
import { verifyCustody, type CustodyProblem, type FoundCustody } from '../../core/evidence/custody/custody-chain.ts'
import type { CustodyDraft } from '../../core/evidence/custody/custody-event.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { CUSTODY_TYPES, custodyEvidenceSchema, type CustodyEvent, type CustodyType } from '../../core/model/custody.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { CustodyBook } from '../../pipeline/custody/custody-book.ts'
import type { LoggedCustody } from '../../pipeline/custody/read-custody.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { group, task, type CommandCall } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { optional, repeatable, required, wordOf, type OptionReader } from '../terminal/option.ts'
import { FOLDER, json, LANG, WAREHOUSE } from '../terminal/shared-options.ts'
import { parseInstant } from '../../core/model/units.ts'
import { formatClock, formatDate } from '../../core/text/time.ts'
import { MARKS, writeHanging } from '../terminal/hanging.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { refuseTraces } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'

/** What the program records by itself when it does it: it may not be said by hand. */
const OWN: readonly CustodyType[] = ['collected', 'logged', 'timestamped', 'erased', 'revoked', 'reviewed']
const BY_HAND = CUSTODY_TYPES.filter((type) => !OWN.includes(type))

interface Task {
  readonly book: CustodyBook
  readonly json: boolean
  readonly lang: Lang
  readonly world: World
}

const OUTPUT = { folder: FOLDER, warehouse: WAREHOUSE, json: json('Print one JSON object per line.'), lang: LANG }

/** Runs on the custody book of a folder that exists. */
const onBook = (
  { folder, json, lang }: { readonly folder: string; readonly json: boolean; readonly lang: Lang },
  call: CommandCall,
  run: (task: Task) => Promise<number>,
): Promise<number> =>
  onFolder(call, folder, async (open) => run({ book: await open.custody(), json, lang, world: call.world }))

/** Words that are published, without a trace of a person. */
const words =
  (most?: 'any'): OptionReader<string> =>
  (text, { name }) => {
    if (text === '' && most === undefined) throw wrongOption(name, 'it is empty', 'words')
    refuseTraces(name, text)
    return text
  }

const ACTOR = required(
  'WHO',
  'Function or pseudonym (operator, analyst-2). It is published: name no person.',
  'words',
  words(),
)
const REASON = required('TEXT', 'Why. It is published: name no person.', 'words', words())

const LIST = task({
  about: 'List every custody event, oldest first.',
  examples: ['--folder /var/lib/kuager'],
  exit: { 3: 'an event cannot be read; its log entry is named' },
  options: {
    evidence: optional('KIND:ID', 'Only events that concern this evidence.', { read: readEvidence }),
    ...OUTPUT,
  },
  run: ({ evidence, ...values }, call) => onBook(values, call, (task) => list(task, evidence)),
})

const ADD = task({
  about: `
Record an act that the program does not see. Acts are ${BY_HAND.join(', ')}. Imports, erasures, time stamps and
bundles are recorded automatically.`,
  examples: ['--type copied --evidence log:1234 --actor operator --reason "for the court"'],
  usage: ['--type TYPE --evidence KIND:ID --actor WHO --reason TEXT [options]'],
  options: {
    type: required('TYPE', `The act: ${BY_HAND.join(', ')}.`, BY_HAND.join(', '), wordOf(BY_HAND)),
    evidence: required(
      'KIND:ID',
      `Kinds: ${custodyEvidenceSchema.shape.kind.options.join(', ')}. Measurements are named by number in the log, or by a
      range of them (3-9); anything else by id, SHA-256 hash or name of a file: never by content.`,
      'KIND:ID, such as measurement:12',
      (text, at) => ofLeaves(readEvidence(words('any')(text, at))),
    ),
    actor: ACTOR,
    reason: REASON,
    authority: optional('TEXT', 'By whose order or consent.', { read: words('any') }),
    place: optional('TEXT', 'Where.', { read: words('any') }),
    detail: repeatable('NAME=VALUE', 'A plain fact of the act, such as sha256=….', { read: words('any') }),
    ...OUTPUT,
  },
  run: ({ folder, json, lang, authority, place, detail, ...draft }, call) => {
    // Wrong options are refused before a folder is opened.
    const event: CustodyDraft = {
      ...draft,
      ...defined({ authority, place }),
      detail: readDetail(detail),
    }
    return onBook({ folder, json, lang }, call, (task) => add(task, event))
  },
})

const VERIFY = task({
  about: 'Check form, signature, key, order and time of events.',
  examples: ['--folder /var/lib/kuager'],
  options: { key: optional('KEY', 'Verifier key that the first event has to be signed with.'), ...OUTPUT },
  exit: { 3: 'the chain is broken; the event is named' },
  run: ({ key, ...values }, call) => onBook(values, call, (task) => verify(task, key)),
})

const KEY = task({
  about: 'Print the current signing key of custody events. Publish it with the keys of the log.',
  examples: ['--folder /var/lib/kuager'],
  options: OUTPUT,
  run: (values, call) => onBook(values, call, key),
})

const ROTATE = task({
  about: `
Replace the key that signs custody events. The event that announces the new key is signed by the old one.`,
  examples: ['--actor operator --reason "yearly change of the key"'],
  usage: ['--actor WHO --reason TEXT [options]'],
  options: { actor: ACTOR, reason: REASON, ...OUTPUT },
  run: ({ actor, reason, ...values }, call) => onBook(values, call, (task) => rotate(task, { actor, reason })),
})

export const command = group({
  about: `
Record who did what with evidence, and why. Each event is signed and in the log (docs/formats/custody.md).`,
  commands: {
    list: async () => LIST,
    add: async () => ADD,
    verify: async () => VERIFY,
    key: async () => KEY,
    rotate: async () => ROTATE,
  },
})

/** Every event that can be read, and the leaves of those that cannot. */
async function allEvents(
  book: CustodyBook,
): Promise<{ readonly events: readonly LoggedCustody[]; readonly damaged: readonly number[] }> {
  const events: LoggedCustody[] = []
  const damaged: number[] = []
  for await (const one of book.events((leaf) => damaged.push(leaf))) events.push(one)
  return { events, damaged }
}

const problemLine = (lang: Lang, leaf: number, problem: CustodyProblem | 'unreadable'): string =>
  `${say(lang, 'proof.custody.number', { leaf: String(leaf) })} \u2014 ${say(lang, `proof.custody.problem.${problem}`)}`

async function list({ book, json, lang, world }: Task, about: Evidence | undefined): Promise<number> {
  const { events: all, damaged } = await allEvents(book)
  const events = all.filter(({ event }) => about === undefined || concerns(event, about))
  for (const one of events)
    if (json) world.out.write(jsonLine(one))
    else writeCustody(lang, one, world)
  if (events.length === 0 && damaged.length === 0 && !json) world.out.write(`${say(lang, 'proof.custody.none')}\n`)
  for (const leaf of damaged)
    if (json) world.out.write(`${JSON.stringify({ leaf, problem: 'unreadable' })}\n`)
    else writeHanging(world, `${MARKS.failed} `, problemLine(lang, leaf, 'unreadable'))
  return damaged.length === 0 ? 0 : 3
}

const jsonLine = ({ leafIndex, event }: LoggedCustody): string => `${JSON.stringify({ leaf: leafIndex, ...event })}\n`

type Evidence = CustodyEvent['evidence']

/** Whether an event is about a piece of evidence: the same one, or measurements of which one is among those asked for. */
function concerns({ evidence }: CustodyEvent, asked: Evidence): boolean {
  if (evidence.kind === asked.kind && evidence.id === asked.id) return true
  const [told, about] = [leavesOf(evidence), leavesOf(asked)]
  return told !== undefined && about !== undefined && told.first <= about.last && about.first <= told.last
}

/** The leaves of measurements that evidence names, both ends included; undefined for any other evidence. */
function leavesOf({ kind, id }: Evidence): { readonly first: number; readonly last: number } | undefined {
  const [, first, last = first] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(id) ?? []
  const named = kind === 'measurements' || (kind === 'measurement' && !id.includes('-'))
  return named && first !== undefined ? { first: Number(first), last: Number(last) } : undefined
}

function readEvidence(text: string): Evidence {
  const split = text.indexOf(':')
  const parsed = custodyEvidenceSchema.safeParse({ kind: text.slice(0, split), id: text.slice(split + 1) })
  if (split > 0 && parsed.success) return parsed.data
  throw wrongOption('evidence', `found "${printable(text.slice(0, 80))}"`, 'KIND:ID, such as measurement:12')
}

/**
 * Measurements are named by their numbers in the log alone: an event is never erased, so an id in it would outlive the
 * erasure of what it is the digest of, and bundles find the events of their measurements by number.
 */
function ofLeaves(evidence: Evidence): Evidence {
  if (!evidence.kind.startsWith('measurement')) return evidence
  const leaves = leavesOf(evidence)
  if (leaves !== undefined && leaves.first <= leaves.last) return evidence
  const expected = evidence.kind === 'measurement' ? 'measurement:12, its number in the log' : 'measurements:3-9'
  throw wrongOption('evidence', `found "${printable(`${evidence.kind}:${evidence.id}`.slice(0, 80))}"`, expected)
}

function readDetail(all: readonly string[]): CustodyDraft['detail'] {
  const pairs = all.map((text) => {
    const split = text.indexOf('=')
    if (split < 1) throw wrongOption('detail', `found "${printable(text.slice(0, 80))}"`, 'NAME=VALUE')
    return [text.slice(0, split), text.slice(split + 1)] as const
  })
  if (new Set(pairs.map(([name]) => name)).size < pairs.length)
    throw wrongOption('detail', 'one name stands twice', 'each name once')
  return Object.fromEntries(pairs)
}

async function add({ book, json, lang, world }: Task, event: CustodyDraft): Promise<number> {
  const recorded = await book.record(event)
  const said = `${say(lang, 'proof.custody.recorded', { leaf: String(recorded.leafIndex) })}\n`
  world.out.write(json ? jsonLine(recorded) : said)
  return 0
}

async function verify({ book, json, lang, world }: Task, key: string | undefined): Promise<number> {
  const { events, damaged } = await allEvents(book)
  const options = defined({ key })
  const bytes = events.map((one) => one.bytes)
  const { problems, keys } = verifyCustody(bytes, NOTE_TOOLS, options)
  const leafOf = (at: number): number => events[at]?.leafIndex ?? -1
  // The event after one that cannot be read names that one.
  const explained = ({ problem, at }: FoundCustody): boolean =>
    (problem === 'order' || problem === 'first') && damaged.some((leaf) => leaf > leafOf(at - 1) && leaf < leafOf(at))
  const found = [
    ...problems.filter((one) => !explained(one)).map(({ problem, at }) => ({ leaf: leafOf(at), problem })),
    ...damaged.map((leaf) => ({ leaf, problem: 'unreadable' as const })),
  ].toSorted((a, b) => a.leaf - b.leaf)
  if (json) world.out.write(`${JSON.stringify({ events: events.length, keys, problems: found })}\n`)
  else {
    for (const { leaf, problem } of found) writeHanging(world, `${MARKS.failed} `, problemLine(lang, leaf, problem))
    const whole = found.length === 0
    const count = say(lang, 'proof.custody.count', { count: events.length, keys: keys.length })
    const answer = whole ? say(lang, 'proof.custody.whole') : say(lang, 'proof.custody.broken', { count: found.length })
    writeHanging(world, `${whole ? MARKS.ok : MARKS.failed} `, `${count} ${answer}`)
  }
  return found.length === 0 ? 0 : 3
}

async function key({ book, json, lang, world }: Task): Promise<number> {
  const line = formatVerifierKey(book.key())
  if (json) world.out.write(`${JSON.stringify({ key: line })}\n`)
  else writeHanging(world, '', say(lang, 'proof.custody.key', { key: line }))
  return 0
}

async function rotate(
  { book, json, lang, world }: Task,
  { actor, reason }: { readonly actor: string; readonly reason: string },
): Promise<number> {
  const line = formatVerifierKey(await book.rotate(reason, actor))
  if (json) world.out.write(`${JSON.stringify({ key: line })}\n`)
  else writeHanging(world, '', say(lang, 'proof.custody.new-key', { key: line }))
  return 0
}

const INDENT = '  '

/**
 * One event for a terminal: what was done with what, then when, who, why and on what basis, and every fact on a line of
 * its own, since a digest fills one.
 */
function writeCustody(lang: Lang, { leafIndex, event }: LoggedCustody, world: Pick<World, 'out' | 'outColumns'>): void {
  const { type, evidence, actor, reason, authority, place, detail, at } = event
  const time = parseInstant(at)
  const about = say(lang, `proof.custody.of.${evidence.kind}`, { id: evidence.id })
  writeHanging(world, '', `${say(lang, `proof.custody.type.${type}`)} \u00b7 ${about}`)
  const lines = [
    `${formatDate(lang, time, 'UTC')}, ${formatClock(time, 'UTC', 'second')} UTC`,
    say(lang, 'proof.custody.number', { leaf: String(leafIndex) }),
    say(lang, 'proof.custody.actor', { actor }),
    say(lang, 'proof.custody.reason', { reason }),
    ...(authority === undefined ? [] : [say(lang, 'proof.custody.authority', { authority })]),
    ...(place === undefined ? [] : [say(lang, 'proof.custody.place', { place })]),
    ...Object.entries(detail).map(([name, value]) => `${name}: ${String(value)}`),
  ]
  for (const line of lines) writeHanging(world, INDENT, line)
  world.out.write('\n')
}
