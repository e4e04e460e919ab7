import { createHash } from 'node:crypto'
import type { World } from '../../runtime/world.ts'
import { InputError, wrongOption } from '../../core/model/errors.ts'
import { withoutTraces } from '../../core/model/personal-trace.ts'
import type { NoteRow, ReportStore } from '../../reports/registry/contract.ts'
import type { OpenFolder } from '../../app/folder/open.ts'
import { refuseTraces } from '../terminal/options.ts'
import { capitalise, say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { printable, printableLines } from '../../core/text/printable.ts'
import { table } from '../terminal/table.ts'

/** Longest text that is published, and what of a text is shown in a list; in characters. */
const MOST_TEXT = 500
const MOST_LINE = 60
export const NOTE_STATES = ['waiting', 'read', 'published'] as const satisfies readonly NoteRow['state'][]

/** What the acts of `kuager reports` work on. */
export interface ReportsDesk {
  readonly folder: OpenFolder
  readonly store: ReportStore
  readonly simulated: boolean
  readonly world: World
  readonly lang: Lang
  readonly json: boolean
}

export const wrongReports = (found: string, expected: string): InputError =>
  new InputError(`Cannot use reports: ${found}; expected ${expected}`, {
    code: 'reports.use',
    path: 'reports',
    expected,
  })

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)
/** On a terminal what leads to a person is marked, not printed: the list may be read over a shoulder. */
const marked = (text: string): string => printable(withoutTraces(text))
const hasTraces = (text: string): boolean => withoutTraces(text) !== text

/** Lists texts of one state, those that say the same as one, and says how many there are. */
export async function listNotes(
  { store, simulated, world, lang: tongue, json }: ReportsDesk,
  state: NoteRow['state'],
  most: number,
): Promise<void> {
  const asked = { state, simulated }
  if (json) {
    const notes = (await store.notes(state, most)).filter((note) => note.simulated === simulated)
    for (const { id, day, service, lang, text, shown } of notes)
      world.out.write(
        `${JSON.stringify({ id, day: dayOf(day), service, lang, state, traces: hasTraces(text), text, shown: shown ?? null })}\n`,
      )
    return
  }
  const groups = await store.noteGroups(asked, most)
  const all = await store.countNotes(asked)
  const rows = groups.map(({ id, day, service, lang, text, count }) => {
    const line = marked(text.replaceAll('\n', ' '))
    const cut = [...line].slice(0, MOST_LINE).join('')
    return [
      id.slice(0, 8),
      dayOf(day),
      service,
      lang,
      count === 1 ? '' : `×${count}`,
      hasTraces(text) ? say(tongue, 'reports-desk.traces') : '',
      cut === line ? line : `${cut}…`,
    ]
  })
  const [day, service, lang, words] = (['day', 'service', 'lang', 'text'] as const).map((column) =>
    say(tongue, `reports-desk.${column}`),
  )
  const head = ['id', day ?? '', service ?? '', lang ?? '', '', '', words ?? '']
  if (rows.length > 0) world.out.write(table([head, ...rows]))
  const listed = groups.reduce((sum, { count }) => sum + count, 0)
  const count = say(tongue, `reports-desk.list.${state}`, { count: all })
  const more = listed < all ? `, ${say(tongue, 'reports-desk.of-which', { count: listed, option: '--most N' })}` : ''
  world.out.write(`${count}${more}\n`)
}

/** Finds a text by the beginning of its id. Throws InputError where none or several begin so. */
export async function findNote({ store, simulated }: ReportsDesk, start: string | undefined): Promise<NoteRow> {
  if (start === undefined || !/^[0-9a-f]{6,32}$/.test(start))
    throw wrongReports(
      `found id "${printable((start ?? '').slice(0, 40))}"`,
      'at least six signs of an id of "kuager reports list"',
    )
  const found = (await store.notesOf(start)).filter((note) => note.simulated === simulated)
  const [note] = found
  if (note === undefined || found.length > 1)
    throw wrongReports(`${found.length === 0 ? 'no text has' : 'several texts have'} id ${start}`, 'the id of one text')
  return note
}

/** Prints one text whole. */
export function showNote({ world, lang: tongue }: ReportsDesk, note: NoteRow): void {
  const { id, day, service, lang, state, text, shown } = note
  const label = (key: 'day' | 'service' | 'lang' | 'state'): string =>
    capitalise(tongue, say(tongue, `reports-desk.${key}`))
  const lines = [
    `Id: ${id}`,
    `${label('day')}: ${dayOf(day)}`,
    `${label('service')}: ${service}`,
    `${label('lang')}: ${lang}`,
    `${label('state')}: ${state}`,
    ...(hasTraces(text) ? [say(tongue, 'reports-desk.traces-about')] : []),
    '',
    text === '' ? say(tongue, 'reports-desk.erased') : printableLines(text),
    ...(shown === undefined ? [] : ['', say(tongue, 'reports-desk.shown'), printableLines(shown)]),
  ]
  world.out.write(`${lines.join('\n')}\n`)
}

/** Shows words of the moderator in the place of a text. Throws InputError for what is no line, or leads to a person. */
export async function publishNote(
  { folder, store, world, lang }: ReportsDesk,
  note: NoteRow,
  text: string | undefined,
): Promise<void> {
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
  world.out.write(`${say(lang, 'reports-desk.is-shown', { id: note.id.slice(0, 8), text: printable(words) })}\n`)
}

/** The named texts are read and not shown. Throws InputError, before anything is changed, for an id of none. */
export async function setAsideNotes(desk: ReportsDesk, starts: readonly string[], alike: boolean): Promise<void> {
  const ids = await idsOf(desk, starts, alike)
  for (const id of ids) await desk.store.decideNote(id, 'read')
  tellDone(desk, 'set-aside', ids)
}

/** The named texts are erased. Throws InputError, before anything is changed, for an id of none. */
export async function eraseNotes(desk: ReportsDesk, starts: readonly string[], alike: boolean): Promise<void> {
  const ids = await idsOf(desk, starts, alike)
  for (const id of ids) await desk.store.removeNote(id)
  tellDone(desk, 'removed', ids)
}

function tellDone({ world, lang }: ReportsDesk, what: 'set-aside' | 'removed', ids: readonly string[]): void {
  const [id = ''] = ids
  const done =
    ids.length === 1
      ? say(lang, `reports-desk.${what}`, { id: id.slice(0, 8) })
      : say(lang, `reports-desk.${what}-many`, { count: ids.length })
  world.out.write(`${done}\n`)
}

async function idsOf(desk: ReportsDesk, starts: readonly string[], alike: boolean): Promise<readonly string[]> {
  const notes: NoteRow[] = []
  for (const start of starts) notes.push(await findNote(desk, start))
  const same = alike ? (await Promise.all(notes.map((note) => desk.store.alike(note)))).flat() : []
  return [...new Set([...notes.map(({ id }) => id), ...same])]
}
