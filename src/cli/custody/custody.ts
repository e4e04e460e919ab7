import { parseArgs } from 'node:util'
import type { World } from '../../runtime/world.ts'
import { verifyCustody } from '../../core/evidence/custody/custody-chain.ts'
import type { CustodyDraft } from '../../core/evidence/custody/custody-event.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { CUSTODY_TYPES, custodyEvidenceSchema, type CustodyEvent, type CustodyType } from '../../core/model/custody.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import type { CustodyBook, LoggedCustody } from '../../pipeline/custody/custody-book.ts'
import { say } from '../../core/text/format.ts'
import { DEFAULT_LANG, type Lang } from '../../core/text/lang.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { writeCustody } from './custody-lines.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { MARKS, writeHanging } from '../terminal/hanging.ts'
import { NOTE_TOOLS } from '../../app/proof/mirror-key.ts'
import { chooseLang, refuseTraces } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'

/** What the program records by itself when it does it: nobody may say it by hand. */
const OWN: readonly CustodyType[] = ['collected', 'logged', 'timestamped', 'erased', 'revoked']
const BY_HAND = CUSTODY_TYPES.filter((type) => !OWN.includes(type))

const HELP = `Who did what with the evidence of a data folder, and why: signed events, each in the log
(docs/formats/custody.md).

Usage:
  kuager custody list [--evidence KIND:ID] [options]
  kuager custody add --type TYPE --evidence KIND:ID --actor WHO --reason TEXT [--authority TEXT]
                     [--place TEXT] [--detail NAME=VALUE]… [options]
  kuager custody verify [--key KEY] [options]
  kuager custody key [options]
  kuager custody rotate --actor WHO --reason TEXT [options]

list     Every event, the oldest first; with --evidence those that concern it.
add      Records an act that the program does not see:
         ${BY_HAND.join(', ')}.
         Imports, erasures, time stamps and bundles record themselves.
verify   Checks form, signature, key, order and time of every event. Ends with 3 where the chain is
         broken, and says at which event.
key      The key that signs now: publish it beside those of the log.
rotate   Makes a new key; the event that hands over is signed by the old one.

  --evidence KIND:ID  ${custodyEvidenceSchema.shape.kind.options.join(', ')};
                      measurements are named by number in the log, or by a range of them (3-9);
                      anything else by id, digest or name of a file: never by content
  --actor WHO         function or pseudonym (operator, analyst-2): it is published, name no person
  --reason TEXT       why; --authority: by whose order or consent; --place: where
  --detail NAME=VALUE a plain fact of the act, such as sha256=…; may be given several times
  --key KEY           verifier key that the first event has to be signed with
  --folder DIR        data folder (default: KUAGER_FOLDER, else kuager-data)
  --json              one JSON object a line
  --lang LANG         kk, ru or en (default: KUAGER_LANG, else ${DEFAULT_LANG})
`

const OPTIONS = {
  folder: { type: 'string' },
  json: { type: 'boolean', default: false },
  lang: { type: 'string' },
  type: { type: 'string' },
  evidence: { type: 'string' },
  actor: { type: 'string' },
  reason: { type: 'string' },
  authority: { type: 'string' },
  place: { type: 'string' },
  detail: { type: 'string', multiple: true, default: [] as string[] },
  key: { type: 'string' },
} as const

type Values = ReturnType<typeof parse>['values']
const parse = (args: readonly string[]) => parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })

interface Task {
  readonly book: CustodyBook
  readonly values: Values
  readonly lang: Lang
  readonly world: World
}

const ACTS: Readonly<Record<string, (task: Task) => Promise<number>>> = { list, add, verify, key, rotate }

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parse(args)
  const lang = chooseLang(values.lang, world)
  const [name = '', ...more] = positionals
  const act = Object.hasOwn(ACTS, name) && more.length === 0 ? ACTS[name] : undefined
  if (act === undefined) throw wrongUse(`found "${printable(positionals.join(' ').slice(0, 80))}"`)
  // Wrong options are refused before a folder is touched.
  if (name === 'add') readDraft(values)
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'custody', args, mustExist: true }, async (open) =>
    act({ book: await open.custody(), values, lang, world }),
  )
}

const wrongUse = (found: string): InputError =>
  new InputError(`Cannot run custody: ${found}; see "kuager custody --help"`, {
    code: 'custody.usage',
    path: 'arguments',
    expected: Object.keys(ACTS).join(', '),
  })

async function allEvents(book: CustodyBook): Promise<readonly LoggedCustody[]> {
  const found: LoggedCustody[] = []
  for await (const one of book.events()) found.push(one)
  return found
}

async function list({ book, values, lang, world }: Task): Promise<number> {
  const about = values.evidence === undefined ? undefined : readEvidence(values.evidence)
  const events = (await allEvents(book)).filter(({ event }) => about === undefined || concerns(event, about))
  for (const one of events)
    if (values.json) world.out.write(jsonLine(one))
    else writeCustody(lang, one, world)
  if (events.length === 0 && !values.json) world.out.write(`${say(lang, 'proof.custody.none')}\n`)
  return 0
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

function readDraft({ type, evidence, actor, reason, authority, place, detail }: Values): CustodyDraft {
  const chosen = BY_HAND.find((one) => one === type)
  if (chosen === undefined) throw wrongOption('type', `found "${printable(type ?? '')}"`, BY_HAND.join(', '))
  for (const [option, text] of Object.entries({ evidence, actor, reason, authority, place })) refuseTraces(option, text)
  for (const text of detail) refuseTraces('detail', text)
  return {
    type: chosen,
    evidence: ofLeaves(readEvidence(evidence ?? '')),
    actor: needed('actor', actor),
    reason: needed('reason', reason),
    ...(authority === undefined ? {} : { authority }),
    ...(place === undefined ? {} : { place }),
    detail: readDetail(detail),
  }
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

function needed(option: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw wrongOption(option, 'it is missing', 'words')
}

async function add({ book, values, lang, world }: Task): Promise<number> {
  const recorded = await book.record(readDraft(values))
  const said = `${say(lang, 'proof.custody.recorded', { leaf: recorded.leafIndex })}\n`
  world.out.write(values.json ? jsonLine(recorded) : said)
  return 0
}

async function verify({ book, values, lang, world }: Task): Promise<number> {
  const events = await allEvents(book)
  const options = values.key === undefined ? {} : { key: values.key }
  const bytes = events.map((one) => one.bytes)
  const { problems, keys } = verifyCustody(bytes, NOTE_TOOLS, options)
  const found = problems.map(({ problem, at }) => ({ leaf: events[at]?.leafIndex ?? at, problem }))
  if (values.json) world.out.write(`${JSON.stringify({ events: events.length, keys, problems: found })}\n`)
  else {
    for (const { leaf, problem } of found)
      writeHanging(
        world,
        `${MARKS.failed} `,
        `${say(lang, 'proof.custody.number', { leaf })} \u2014 ${say(lang, `proof.custody.problem.${problem}`)}`,
      )
    const whole = problems.length === 0
    const count = say(lang, 'proof.custody.count', { count: events.length, keys: keys.length })
    const answer = whole
      ? say(lang, 'proof.custody.whole')
      : say(lang, 'proof.custody.broken', { count: problems.length })
    writeHanging(world, `${whole ? MARKS.ok : MARKS.failed} `, `${count} ${answer}`)
  }
  return problems.length === 0 ? 0 : 3
}

async function key({ book, values, lang, world }: Task): Promise<number> {
  const line = formatVerifierKey(book.key())
  if (values.json) world.out.write(`${JSON.stringify({ key: line })}\n`)
  else writeHanging(world, '', say(lang, 'proof.custody.key', { key: line }))
  return 0
}

async function rotate({ book, values, lang, world }: Task): Promise<number> {
  const reason = needed('reason', values.reason)
  const actor = needed('actor', values.actor)
  refuseTraces('reason', reason)
  refuseTraces('actor', actor)
  const line = formatVerifierKey(await book.rotate(reason, actor))
  if (values.json) world.out.write(`${JSON.stringify({ key: line })}\n`)
  else writeHanging(world, '', say(lang, 'proof.custody.new-key', { key: line }))
  return 0
}

export const command: Command = { help: HELP, run }
