import { createHash } from 'node:crypto'
import { parseArgs } from 'node:util'
import { InputError } from '../model/errors.ts'
import { withoutTraces } from '../model/personal-trace.ts'
import { FEWEST_REPORTERS, settledBefore } from '../model/report.ts'
import { formatAsn, formatInstantUtc, instant, parseInstant, type Instant } from '../model/units.ts'
import type { Between, NoteRow, ReportCount, ReportStore } from '../store/registry/reports/contract.ts'
import { systemClock } from '../sys/clock.ts'
import type { Command, World } from './command.ts'
import { defaultFolder, withFolder, type OpenFolder } from './folder.ts'
import { refuseTraces, wrongOption } from './options.ts'
import { printable, printableLines } from './printable.ts'
import { table, utcMinute } from './series-drawing.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Notes of one kind that are looked at. */
const MOST_NOTES = 1000
const MOST_DAYS = 90
/** Longest text that is published, in characters. */
const MOST_TEXT = 500
const STATES = ['waiting', 'read', 'published'] as const

const HELP = `Trouble reports of people: what they wrote, and reports that came in floods (docs/methods/reports.md).

Usage: kuager reports status [--days N] [--json] [--folder DIR]
       kuager reports list [--state waiting|read|published] [--json] [--folder DIR]
       kuager reports show ID [--folder DIR]
       kuager reports publish ID --text TEXT [--folder DIR]
       kuager reports set-aside ID | remove ID [--folder DIR]
       kuager reports held [--days N] [--json] [--folder DIR]
       kuager reports release SERVICE HOUR --reason TEXT [--folder DIR]

  status      how many reports of the last days count, are repeats, are held, and how many texts wait
  list        texts beside reports, oldest first; what leads to a person is marked
  show        one text whole; ID may be its beginning
  publish     shows TEXT in the place of what was written: your words, nothing that leads to a person. The event stands
              in the chain of custody
  set-aside   the text was read and is not shown
  remove      the text is erased
  held        reports that came in floods, by service and hour. They wait, and count for nothing
  release     all held reports of a service and an hour count after all, as numbers of their own beside what was shown.
              The event stands in the chain of custody. There is no way back
  HOUR        such as 2026-03-05T16:00Z
  --days N    of the last N days (default 7, at most ${MOST_DAYS})

No text is joined to a report, and none to a sender: nothing here says who wrote.
`

const wrong = (found: string, expected: string): InputError =>
  new InputError(`Cannot use reports: ${found}; expected ${expected}`, {
    code: 'reports.use',
    path: 'reports',
    expected,
  })

interface Desk {
  readonly folder: OpenFolder
  readonly store: ReportStore
  readonly simulated: boolean
  readonly world: World
  readonly json: boolean
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
/** On a terminal what leads to a person is marked, not printed: the list may be read over a shoulder. */
const marked = (text: string): string => printable(withoutTraces(text))
const hasTraces = (text: string): boolean => withoutTraces(text) !== text

const ownNotes = async ({ store, simulated }: Desk, state: NoteRow['state']): Promise<readonly NoteRow[]> =>
  (await store.notes(state, MOST_NOTES)).filter((note) => note.simulated === simulated)

async function list(desk: Desk, state: NoteRow['state']): Promise<void> {
  const notes = await ownNotes(desk, state)
  const { world, json } = desk
  if (json) {
    for (const { id, day, service, lang, text, shown } of notes)
      world.out.write(
        `${JSON.stringify({ id, day: dayOf(day), service, lang, state, traces: hasTraces(text), text, shown: shown ?? null })}\n`,
      )
    return
  }
  const rows = notes.map(({ id, day, service, lang, text }) => {
    const line = marked(text.replaceAll('\n', ' '))
    const cut = [...line].slice(0, 60).join('')
    return [id.slice(0, 8), dayOf(day), service, lang, hasTraces(text) ? 'traces' : '', cut === line ? line : `${cut}…`]
  })
  if (rows.length > 0) world.out.write(table([['id', 'day', 'service', 'lang', '', 'text'], ...rows]))
  world.out.write(`${notes.length} ${state}\n`)
}

/** Finds a text by the beginning of its id. Throws InputError where none or several begin so. */
async function noteOf(desk: Desk, start: string | undefined): Promise<NoteRow> {
  if (start === undefined || !/^[0-9a-f]{6,32}$/.test(start))
    throw wrong(
      `found id "${printable((start ?? '').slice(0, 40))}"`,
      'at least six signs of an id of "kuager reports list"',
    )
  const all = (await Promise.all(STATES.map((state) => ownNotes(desk, state)))).flat()
  const found = all.filter(({ id }) => id.startsWith(start))
  const [note] = found
  if (note === undefined || found.length > 1)
    throw wrong(`${found.length === 0 ? 'no text has' : 'several texts have'} id ${start}`, 'the id of one text')
  return note
}

function show({ world }: Desk, { id, day, service, lang, state, text, shown }: NoteRow): void {
  const lines = [
    `Id: ${id}`,
    `Day: ${dayOf(day)}`,
    `Service: ${service}`,
    `Language: ${lang}`,
    `State: ${state}`,
    ...(hasTraces(text) ? ['It holds what leads to a person: do not publish that part'] : []),
    '',
    printableLines(text),
    ...(shown === undefined ? [] : ['', 'Published as:', printableLines(shown)]),
  ]
  world.out.write(`${lines.join('\n')}\n`)
}

async function publish({ folder, store, world }: Desk, note: NoteRow, text: string | undefined): Promise<void> {
  const words = text?.trim() ?? ''
  if (words === '' || [...words].length > MOST_TEXT || /[\p{Cc}\p{Cf}]/u.test(words))
    throw wrongOption(
      'text',
      words === '' ? 'it is missing' : 'found another form',
      `one line of at most ${MOST_TEXT} signs`,
    )
  refuseTraces('text', words)
  await store.decideNote(note.id, 'published', words)
  await (
    await folder.custody()
  ).record({
    type: 'redacted',
    evidence: { kind: 'file', id: `report note ${note.id.slice(0, 8)}` },
    actor: 'moderator',
    reason: 'a text beside a trouble report is shown as its moderator worded it',
    detail: { service: note.service, shown_sha256: createHash('sha256').update(words).digest('hex') },
  })
  world.out.write(`${note.id.slice(0, 8)} is shown as: ${printable(words)}\n`)
}

const countsOf = ({ store, simulated }: Desk, between: Between): Promise<readonly ReportCount[]> =>
  store.counts(between, simulated)

const lastDays = (days: number): Between => {
  const until = systemClock.now()
  return { since: instant(until - days * DAY_MS), until }
}

async function status(desk: Desk, days: number): Promise<void> {
  const counts = await countsOf(desk, lastDays(days))
  const of = (state: ReportCount['state']): number =>
    counts.filter((one) => one.state === state).reduce((sum, { count }) => sum + count, 0)
  const found = {
    days,
    counted: of('counted'),
    repeats: of('repeat'),
    held: of('held'),
    released: of('released'),
    texts_waiting: (await ownNotes(desk, 'waiting')).length,
  }
  const { world, json } = desk
  if (json) world.out.write(`${JSON.stringify(found)}\n`)
  else world.out.write(table(Object.entries(found).map(([name, value]) => [name.replace('_', ' '), String(value)])))
}

interface HeldHour {
  readonly service: string
  readonly hour: number
  readonly held: number
  readonly networks: readonly string[]
}

async function heldHours(desk: Desk, between: Between): Promise<readonly HeldHour[]> {
  const held = (await countsOf(desk, between)).filter(({ state }) => state === 'held')
  const groups = Map.groupBy(held, ({ service, slot }) => `${service} ${Math.floor(slot / HOUR_MS)}`)
  return [...groups.values()].map((group) => ({
    service: group[0]?.service ?? '',
    hour: Math.floor((group[0]?.slot ?? 0) / HOUR_MS) * HOUR_MS,
    held: group.reduce((sum, { count }) => sum + count, 0),
    networks: [...new Set(group.map(({ asn }) => (asn === 0 ? 'not known' : formatAsn(asn))))],
  }))
}

async function held(desk: Desk, days: number): Promise<void> {
  const hours = await heldHours(desk, lastDays(days))
  const { world, json } = desk
  if (json) {
    for (const { service, hour, held: count, networks } of hours)
      world.out.write(
        `${JSON.stringify({ service, hour_utc: formatInstantUtc(instant(hour)), held: count, networks })}\n`,
      )
    return
  }
  const rows = hours.map((one) => [
    one.service,
    utcMinute(instant(one.hour)),
    String(one.held),
    one.networks.join(', '),
  ])
  if (rows.length > 0) world.out.write(table([['service', 'hour (UTC)', 'held', 'networks'], ...rows]))
  world.out.write(`${hours.reduce((sum, one) => sum + one.held, 0)} held\n`)
}

/** The hour as it was typed. Throws InputError for what is no whole hour, or one that is not settled. */
function parseHour(text: string | undefined): Instant {
  const expected = 'an hour of UTC such as 2026-03-05T16:00Z'
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:00Z$/.test(text))
    throw wrong(`found hour "${printable((text ?? '').slice(0, 40))}"`, expected)
  const hour = parseInstant(text.replace('Z', ':00Z'))
  if (hour + HOUR_MS > settledBefore(systemClock.now()))
    throw wrong('the hour is not settled yet', 'an hour that is over')
  return hour
}

async function release(
  desk: Desk,
  [service = '', typed]: readonly string[],
  reason: string | undefined,
): Promise<void> {
  const hour = parseHour(typed)
  const words = reason?.trim() ?? ''
  if (words === '' || words.length > 500)
    throw wrongOption('reason', 'it is missing', 'why these reports count after all')
  refuseTraces('reason', words)
  const between = { since: hour, until: instant(hour + HOUR_MS) }
  const found = (await heldHours(desk, between)).find((one) => one.service === service)
  if (found === undefined)
    throw wrong(
      `nothing of "${printable(service.slice(0, 60))}" is held in that hour`,
      'a line of "kuager reports held"',
    )
  if (found.held < FEWEST_REPORTERS)
    throw wrong(`${found.held} are held`, `at least ${FEWEST_REPORTERS}: fewer would be shown to be so few`)
  // First the event: a number that changes without one would be a silent change.
  await (
    await desk.folder.custody()
  ).record({
    type: 'verified',
    evidence: { kind: 'file', id: 'trouble reports' },
    actor: 'moderator',
    reason: words,
    detail: { service, hour_utc: formatInstantUtc(hour), released: found.held },
  })
  const count = await desk.store.release(service, between)
  desk.world.out.write(`${count} reports of ${printable(service)} count after all\n`)
}

const ACTS = ['status', 'list', 'show', 'publish', 'set-aside', 'remove', 'held', 'release'] as const
type Act = (typeof ACTS)[number]
/** Words behind the act. */
const WORDS: Readonly<Record<Act, number>> = {
  status: 0,
  list: 0,
  show: 1,
  publish: 1,
  'set-aside': 1,
  remove: 1,
  held: 0,
  release: 2,
}

const OPTIONS = {
  folder: { type: 'string' },
  json: { type: 'boolean', default: false },
  state: { type: 'string', default: 'waiting' },
  days: { type: 'string', default: '7' },
  text: { type: 'string' },
  reason: { type: 'string' },
} as const

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  const [name, ...rest] = positionals
  const act = ACTS.find((one) => one === name)
  if (name === undefined) throw wrong('nothing to do is named', ACTS.join(', '))
  if (act === undefined) throw wrong(`found "${printable(name.slice(0, 40))}"`, ACTS.join(', '))
  if (rest.length !== WORDS[act]) throw wrong(`${rest.length} words behind ${act}`, '"kuager reports --help"')
  const days = /^\d{1,2}$/.test(values.days) ? Number(values.days) : 0
  if (days < 1 || days > MOST_DAYS)
    throw wrongOption('days', `found "${printable(values.days)}"`, `a number from 1 to ${MOST_DAYS}`)
  const state = STATES.find((one) => one === values.state)
  if (state === undefined) throw wrongOption('state', `found "${printable(values.state)}"`, STATES.join(', '))
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'reports', args, mustExist: true }, async (open) => {
    const store = await open.reports(world.env)
    const desk: Desk = {
      folder: open,
      store,
      simulated: (await open.realm()) === 'simulated',
      world,
      json: values.json,
    }
    await perform(desk, { act, rest, days, state, text: values.text, reason: values.reason })
    return 0
  })
}

interface Asked {
  readonly act: Act
  readonly rest: readonly string[]
  readonly days: number
  readonly state: NoteRow['state']
  readonly text: string | undefined
  readonly reason: string | undefined
}

async function perform(desk: Desk, { act, rest, days, state, text, reason }: Asked): Promise<void> {
  const { store, world } = desk
  switch (act) {
    case 'status':
      return status(desk, days)
    case 'list':
      return list(desk, state)
    case 'held':
      return held(desk, days)
    case 'release':
      return release(desk, rest, reason)
    case 'show':
      return show(desk, await noteOf(desk, rest[0]))
    case 'publish':
      return publish(desk, await noteOf(desk, rest[0]), text)
    case 'set-aside': {
      const { id } = await noteOf(desk, rest[0])
      await store.decideNote(id, 'read')
      return void world.out.write(`${id.slice(0, 8)} is not shown\n`)
    }
    case 'remove': {
      const { id } = await noteOf(desk, rest[0])
      await store.removeNote(id)
      return void world.out.write(`${id.slice(0, 8)} is erased\n`)
    }
  }
}

export const command: Command = { help: HELP, run }
