import { parseArgs } from 'node:util'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { wrongOption } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { FEWEST_REPORTERS, NOTE_KEPT_DAYS, settledBefore } from '../../core/model/people/report.ts'
import { formatAsn, formatInstantUtc, instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Between, NoteRow, ReportCount } from '../../reports/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { HandWritten as Command } from '../terminal/hand-written.ts'
import { defaultFolder, withFolder } from '../../app/folder/open.ts'
import { refuseTraces } from '../terminal/options.ts'
import { printable } from '../../core/text/printable.ts'
import {
  eraseNotes,
  listNotes,
  NOTE_STATES,
  noteOf,
  publishNote,
  setAsideNotes,
  showNote,
  type ReportsDesk,
  wrongReports as wrong,
} from './report-notes.ts'
import { table, utcMinute } from '../terminal/table.ts'

/** Texts that are listed where nothing else is said, and at most. */
const LISTED = 40
const MOST_LISTED = 5000
const MOST_DAYS = 90

const HELP = `Trouble reports of people: what they wrote, and reports that came in floods
(docs/methods/reports.md).

Usage: kuager reports status [--days N] [--json] [--folder DIR]
       kuager reports list [--state waiting|read|published] [--most N] [--json] [--folder DIR]
       kuager reports show ID [--folder DIR]
       kuager reports publish ID --text TEXT [--folder DIR]
       kuager reports set-aside ID ... | remove ID ... [--alike] [--folder DIR]
       kuager reports held [--days N] [--json] [--folder DIR]
       kuager reports release SERVICE HOUR --reason TEXT [--folder DIR]

  status      how many reports of the last days count, are repeats, are held; how many texts wait
  list        texts beside reports, oldest first, those that say the same once, with how many they
              are; what leads to a person is marked
  show        one text whole; ID may be its beginning
  publish     shows TEXT in the place of what was written: your words, nothing that leads to a
              person. The event stands in the chain of custody
  set-aside   the texts were read and are not shown
  remove      the texts are erased
  --alike     and every text that waits, is of the same service and language and says the same
  held        reports that came in floods, by service and hour. They wait, and count for nothing
  release     all held reports of a service and an hour count after all, as numbers of their own
              beside what was shown. The event stands in the chain of custody. There is no way back
  HOUR        such as 2026-03-05T16:00Z
  --most N    so many lines of the list (default ${LISTED}, with --json and at most ${MOST_LISTED})
  --days N    of the last N days (default 7, at most ${MOST_DAYS})

No text is joined to a report, and none to a sender: nothing here says who wrote. A text is erased
after ${NOTE_KEPT_DAYS} days, read or not; what was published stays as the moderator worded it.
`

const countsOf = ({ store, simulated }: ReportsDesk, between: Between): Promise<readonly ReportCount[]> =>
  store.counts(between, simulated)

const lastDays = (days: number): Between => {
  const until = systemClock.now()
  return { since: instant(until - days * DAY_MS), until }
}

async function status(desk: ReportsDesk, days: number): Promise<void> {
  const counts = await countsOf(desk, lastDays(days))
  const of = (state: ReportCount['state']): number =>
    counts.filter((one) => one.state === state).reduce((sum, { count }) => sum + count, 0)
  const found = {
    days,
    counted: of('counted'),
    repeats: of('repeat'),
    held: of('held'),
    released: of('released'),
    texts_waiting: await desk.store.countNotes({ state: 'waiting', simulated: desk.simulated }),
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

async function heldHours(desk: ReportsDesk, between: Between): Promise<readonly HeldHour[]> {
  const held = (await countsOf(desk, between)).filter(({ state }) => state === 'held')
  const groups = Map.groupBy(held, ({ service, slot }) => `${service} ${Math.floor(slot / HOUR_MS)}`)
  return [...groups.values()].map((group) => ({
    service: group[0]?.service ?? '',
    hour: Math.floor((group[0]?.slot ?? 0) / HOUR_MS) * HOUR_MS,
    held: group.reduce((sum, { count }) => sum + count, 0),
    networks: [...new Set(group.map(({ asn }) => (asn === 0 ? 'not known' : formatAsn(asn))))],
  }))
}

async function held(desk: ReportsDesk, days: number): Promise<void> {
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
  desk: ReportsDesk,
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
/** Words behind the act; infinite: one or more. */
const WORDS: Readonly<Record<Act, number>> = {
  status: 0,
  list: 0,
  show: 1,
  publish: 1,
  'set-aside': Infinity,
  remove: Infinity,
  held: 0,
  release: 2,
}

const OPTIONS = {
  folder: { type: 'string' },
  json: { type: 'boolean', default: false },
  state: { type: 'string', default: 'waiting' },
  days: { type: 'string', default: '7' },
  most: { type: 'string' },
  alike: { type: 'boolean', default: false },
  text: { type: 'string' },
  reason: { type: 'string' },
} as const

async function run(args: readonly string[], world: World): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
  const [name, ...rest] = positionals
  const act = ACTS.find((one) => one === name)
  if (name === undefined) throw wrong('nothing to do is named', ACTS.join(', '))
  if (act === undefined) throw wrong(`found "${printable(name.slice(0, 40))}"`, ACTS.join(', '))
  if (WORDS[act] === Infinity ? rest.length === 0 : rest.length !== WORDS[act])
    throw wrong(`${rest.length} words behind ${act}`, '"kuager reports --help"')
  const days = /^\d{1,2}$/.test(values.days) ? Number(values.days) : 0
  if (days < 1 || days > MOST_DAYS)
    throw wrongOption('days', `found "${printable(values.days)}"`, `a number from 1 to ${MOST_DAYS}`)
  const typed = values.most ?? String(values.json ? MOST_LISTED : LISTED)
  const most = /^\d{1,4}$/.test(typed) ? Number(typed) : 0
  if (most < 1 || most > MOST_LISTED)
    throw wrongOption('most', `found "${printable(typed)}"`, `a number from 1 to ${MOST_LISTED}`)
  const state = NOTE_STATES.find((one) => one === values.state)
  if (state === undefined) throw wrongOption('state', `found "${printable(values.state)}"`, NOTE_STATES.join(', '))
  const folder = values.folder ?? defaultFolder(world)
  return withFolder(world, { folder, name: 'reports', args, mustExist: true }, async (open) => {
    const store = await open.reports(world.env)
    const desk: ReportsDesk = {
      folder: open,
      store,
      simulated: (await open.realm()) === 'simulated',
      world,
      json: values.json,
    }
    const { text, reason, alike } = values
    await perform(desk, { act, rest, days, most, state, text, reason, alike })
    return 0
  })
}

interface Asked {
  readonly act: Act
  readonly rest: readonly string[]
  readonly days: number
  readonly most: number
  readonly state: NoteRow['state']
  readonly text: string | undefined
  readonly reason: string | undefined
  readonly alike: boolean
}

async function perform(desk: ReportsDesk, { act, rest, days, most, state, text, reason, alike }: Asked): Promise<void> {
  switch (act) {
    case 'status':
      return status(desk, days)
    case 'list':
      return listNotes(desk, state, most)
    case 'held':
      return held(desk, days)
    case 'release':
      return release(desk, rest, reason)
    case 'show':
      return showNote(desk, await noteOf(desk, rest[0]))
    case 'publish':
      return publishNote(desk, await noteOf(desk, rest[0]), text)
    case 'set-aside':
      return setAsideNotes(desk, rest, alike)
    case 'remove':
      return eraseNotes(desk, rest, alike)
  }
}

export const command: Command = { help: HELP, run }
