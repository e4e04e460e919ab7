import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { wrongOption } from '../../core/model/errors.ts'
import { FEWEST_REPORTERS, NOTE_KEPT_DAYS, settledBefore } from '../../core/model/people/report.ts'
import { formatAsn, formatInstantUtc, instant, parseInstant, type Instant } from '../../core/model/units.ts'
import type { Between, ReportCount } from '../../reports/registry/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { group, task, type CommandCall } from '../terminal/command.ts'
import { onFolder } from '../terminal/on-folder.ts'
import { flag, optional, required, wholeNumber, withDefault, wordOf } from '../terminal/option.ts'
import { FOLDER, json, LANG } from '../terminal/shared-options.ts'
import { refuseTraces } from '../terminal/options.ts'
import { say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { printable } from '../../core/text/printable.ts'
import {
  eraseNotes,
  listNotes,
  NOTE_STATES,
  findNote,
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
  const { world, json, lang } = desk
  if (json) return void world.out.write(`${JSON.stringify(found)}\n`)
  const names = ['days', 'counted', 'repeats', 'held', 'released', 'texts_waiting'] as const
  world.out.write(table(names.map((name) => [say(lang, `reports-desk.${name}`), String(found[name])])))
}

interface HeldHour {
  readonly service: string
  readonly hour: number
  readonly held: number
  readonly networks: readonly string[]
}

async function heldHours(desk: ReportsDesk, between: Between): Promise<readonly HeldHour[]> {
  const held = (await countsOf(desk, between)).filter(({ state }) => state === 'held')
  const unknown = say(desk.json ? 'en' : desk.lang, 'reports-desk.unknown')
  const groups = Map.groupBy(held, ({ service, slot }) => `${service} ${Math.floor(slot / HOUR_MS)}`)
  return [...groups.values()].map((group) => ({
    service: group[0]?.service ?? '',
    hour: Math.floor((group[0]?.slot ?? 0) / HOUR_MS) * HOUR_MS,
    held: group.reduce((sum, { count }) => sum + count, 0),
    networks: [...new Set(group.map(({ asn }) => (asn === 0 ? unknown : formatAsn(asn))))],
  }))
}

async function held(desk: ReportsDesk, days: number): Promise<void> {
  const hours = await heldHours(desk, lastDays(days))
  const { world, json, lang } = desk
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
  const head = (['service', 'hour', 'held', 'networks'] as const).map((column) => say(lang, `reports-desk.${column}`))
  if (rows.length > 0) world.out.write(table([head, ...rows]))
  const count = hours.reduce((sum, one) => sum + one.held, 0)
  world.out.write(`${say(lang, 'reports-desk.held-count', { count })}\n`)
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

async function release(desk: ReportsDesk, [service = '', typed]: readonly string[], reason: string): Promise<void> {
  const hour = parseHour(typed)
  const words = reason.trim()
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
  desk.world.out.write(`${say(desk.lang, 'reports-desk.release', { count, service: printable(service) })}\n`)
}

const WHERE = { folder: FOLDER, lang: LANG }
const OUTPUT = { ...WHERE, json: json() }
const LAST_DAYS = withDefault('N', `Reports of the last N days, at most ${MOST_DAYS}.`, '7', wholeNumber(1, MOST_DAYS))
const ALIKE = flag('Also every text that waits, is of the same service and language and says the same.')

/** Runs on the reports of a folder that exists. */
const onReports = (
  { folder, lang, json = false }: { readonly folder: string; readonly lang: Lang; readonly json?: boolean },
  call: CommandCall,
  run: (desk: ReportsDesk) => Promise<void> | void,
): Promise<number> =>
  onFolder(call, folder, async (open) => {
    const { world } = call
    const store = await open.reports(world.env)
    await run({ folder: open, store, simulated: (await open.realm()) === 'simulated', world, lang, json })
    return 0
  })

const STATUS = task({
  about: 'Count recent reports: counted, repeated, withheld, waiting.',
  examples: ['--days 7'],
  options: { days: LAST_DAYS, ...OUTPUT },
  run: ({ days, ...values }, call) => onReports(values, call, (desk) => status(desk, days)),
})

const LIST = task({
  about: `
List the texts of reports, oldest first. Texts that say the same are listed once, with their number. Personal traces
are marked.`,
  examples: ['--state waiting'],
  options: {
    state: withDefault('STATE', `Texts in this state: ${NOTE_STATES.join(', ')}.`, 'waiting', wordOf(NOTE_STATES)),
    most: optional('N', `At most N lines, up to ${MOST_LISTED}.`, {
      read: wholeNumber(1, MOST_LISTED),
      byDefault: `${LISTED}, with --json ${MOST_LISTED}`,
    }),
    ...WHERE,
    json: json('Print one JSON object per line.'),
  },
  run: ({ state, most, ...values }, call) =>
    onReports(values, call, (desk) => listNotes(desk, state, most ?? (values.json ? MOST_LISTED : LISTED))),
})

const SHOW = task({
  about: 'Show one text completely.',
  examples: ['3fa9'],
  words: { ID: 'Id of the text, or its beginning.' },
  options: WHERE,
  run: (values, call) => onReports(values, call, async (desk) => showNote(desk, await findNote(desk, call.words[0]))),
})

const PUBLISH = task({
  about: `
Publish your wording of a report. It appears instead of the original text and must not identify a person. This becomes
a custody event.`,
  examples: ['3fa9 --text "YouTube does not open since the evening."'],
  words: { ID: 'Id of the text, or its beginning.' },
  usage: ['ID --text TEXT [--folder DIR]'],
  options: { text: optional('TEXT', 'The words that are shown.'), ...WHERE },
  run: ({ text, ...values }, call) =>
    onReports(values, call, async (desk) => publishNote(desk, await findNote(desk, call.words[0]), text)),
})

const SET_ASIDE = task({
  about: 'Hide texts: they were read and are not shown.',
  examples: ['3fa9 --alike'],
  words: { 'ID…': 'Ids of the texts, or their beginnings.' },
  options: { alike: ALIKE, ...WHERE },
  run: ({ alike, ...values }, call) => onReports(values, call, (desk) => setAsideNotes(desk, call.words, alike)),
})

const REMOVE = task({
  about: 'Erase texts.',
  examples: ['3fa9'],
  words: { 'ID…': 'Ids of the texts, or their beginnings.' },
  options: { alike: ALIKE, ...WHERE },
  run: ({ alike, ...values }, call) => onReports(values, call, (desk) => eraseNotes(desk, call.words, alike)),
})

const HELD = task({
  about: 'List reports withheld as flooding, by service and hour. They do not count until they are released.',
  examples: ['--days 7'],
  options: { days: LAST_DAYS, ...WHERE, json: json('Print one JSON object per line.') },
  run: ({ days, ...values }, call) => onReports(values, call, (desk) => held(desk, days)),
})

const RELEASE = task({
  about: `
Count the withheld reports of a service and hour. They appear as separate numbers next to what was shown. This becomes
a custody event and cannot be undone.`,
  examples: ['youtube 2026-03-05T16:00Z --reason "Many readers share one address."'],
  words: { SERVICE: 'The service, as "kuager reports held" lists it.', HOUR: 'The hour, such as 2026-03-05T16:00Z.' },
  usage: ['SERVICE HOUR --reason TEXT [--folder DIR]'],
  options: {
    reason: required('TEXT', 'Why. It is published: name no person.', 'why these reports count after all'),
    ...WHERE,
  },
  run: ({ reason, ...values }, call) => onReports(values, call, (desk) => release(desk, call.words, reason)),
})

export const command = group({
  about: 'Read, publish or hide reports from people (docs/methods/reports.md).',
  commands: {
    status: async () => STATUS,
    list: async () => LIST,
    show: async () => SHOW,
    publish: async () => PUBLISH,
    'set-aside': async () => SET_ASIDE,
    remove: async () => REMOVE,
    held: async () => HELD,
    release: async () => RELEASE,
  },
  notes: `
No text is linked to a report or to a sender: nothing here says who wrote it. A text is erased after ${NOTE_KEPT_DAYS}
days, whether it was read or not; what was published stays in the words of the moderator.`,
})
