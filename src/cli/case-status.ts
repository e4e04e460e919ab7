import { openCase, readJournal } from '../casework/case/case-folder.ts'
import type { CaseFile, CaseRecord } from '../casework/case/case-form.ts'
import { occurrencesOf, requestsOf } from '../casework/case/occurrences.ts'
import { QUESTIONS } from '../casework/case/questions.ts'
import { findChange } from '../casework/case/take-in.ts'
import { dayOf, parseDay, type Day } from '../casework/deadlines/calendar.ts'
import { byDate, computeDeadlines, type Deadline } from '../casework/deadlines/compute.ts'
import { formatDay } from '../casework/papers/day-text.ts'
import { PART_WORDS } from '../casework/papers/words/parts.ts'
import type { Instant } from '../model/units.ts'
import { say } from '../text/format.ts'
import type { Lang } from '../text/lang.ts'
import { formatNumber } from '../text/number.ts'
import { completeness, type PointFound } from '../casework/statement/completeness.ts'
import { verifiedWords } from './case-add.ts'
import { besideBundle, readFindings } from './case-facts.ts'
import type { World } from './command.ts'
import { printable } from './printable.ts'

export interface StatusOptions {
  readonly world: World
  readonly lang: Lang
  readonly now: Instant
  readonly json: boolean
}

/** What a case holds, what is missing, and its terms by date. Gives 3 where a document is gone or was changed. */
export async function runStatus(folder: string, options: StatusOptions): Promise<number> {
  const { world, json } = options
  const file = await openCase(folder)
  await readJournal(folder)
  const changes = await findChanges(folder, file, world.signal)
  const points = changes.size === 0 ? await pointsOf(folder, file, world) : []
  if (json) world.out.write(`${JSON.stringify({ ...asJson(file, changes, options.now), points })}\n`)
  else world.out.write(statusText({ file, changes, points }, options))
  return changes.size === 0 ? 0 : 3
}

type Changes = ReadonlyMap<string, 'missing' | 'changed'>

/** Records whose copy is gone or is not what was taken in. */
export async function findChanges(folder: string, { records }: CaseFile, signal: AbortSignal): Promise<Changes> {
  const found = new Map<string, 'missing' | 'changed'>()
  for (const { id, held } of records) {
    const change = held === undefined ? undefined : await findChange(folder, held, signal)
    if (change !== undefined) found.set(id, change)
  }
  return found
}

/** The twenty-five points for each incident that a bundle of the case shows. */
interface BundlePoints {
  readonly record: string
  readonly incident: string
  readonly found: readonly PointFound[]
}

async function pointsOf(folder: string, file: CaseFile, world: World): Promise<readonly BundlePoints[]> {
  const beside = besideBundle(file)
  return (await readFindings(folder, file, world)).map(({ record, finding }) => ({
    record: record.id,
    incident: finding.incident.id,
    found: completeness(finding, beside),
  }))
}

const deadlinesOf = (file: CaseFile): readonly Deadline[] => byDate(computeDeadlines(occurrencesOf(file)))
const unanswered = ({ answers }: CaseFile): readonly (typeof QUESTIONS)[number]['id'][] =>
  QUESTIONS.map(({ id }) => id).filter((id) => answers[id] === undefined)

function asJson(file: CaseFile, changes: Changes, now: Instant): Readonly<Record<string, unknown>> {
  const today = dayOf(now)
  return {
    id: file.id,
    name: file.name,
    records: file.records.map(({ id, kind, day, held, bundle }) => ({
      id,
      kind,
      day,
      sha256: held?.sha256 ?? null,
      copy: held === undefined ? null : (changes.get(id) ?? 'whole'),
      verified: bundle?.verified.kind ?? null,
    })),
    requests: requestsOf(file).map(({ request, reply }) => ({
      id: request.id,
      to: request.addressee,
      sent: request.day,
      reply: reply === undefined ? null : { id: reply.id, kind: reply.kind, day: reply.day, says: reply.says ?? null },
    })),
    unanswered: unanswered(file),
    deadlines: deadlinesOf(file).map((one) => ({
      rule: one.rule.id,
      state: one.kind,
      ...(one.kind === 'not-running'
        ? {}
        : { start: one.from.event, from: one.from.day, record: one.from.record ?? null }),
      ...(one.kind === 'running'
        ? { last: one.last, safe: one.safe, passed: one.safe < today, doubts: one.doubts }
        : {}),
      article: one.rule.article ?? null,
      mark: one.rule.mark,
    })),
  }
}

interface CaseState {
  readonly file: CaseFile
  readonly changes: Changes
  readonly points: readonly BundlePoints[]
}

function statusText({ file, changes, points }: CaseState, { lang, now }: StatusOptions): string {
  const today = dayOf(now)
  const answered = QUESTIONS.length - unanswered(file).length
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [say(lang, 'casework.records'), recordLines(file, changes, lang)],
    [say(lang, 'casework.requests'), requestLines(file, today, lang)],
    [say(lang, 'casework.deadlines'), deadlinesOf(file).map((one) => deadlineLine(one, today, lang))],
    [
      say(lang, 'casework.intake'),
      [
        say(lang, 'casework.intake-answered', {
          answered: formatNumber(lang, answered),
          all: formatNumber(lang, QUESTIONS.length),
        }),
        ...(answered === QUESTIONS.length ? [] : [say(lang, 'casework.intake-missing')]),
        ...unanswered(file).map((id) => `  ${say(lang, `intake.${id}`)}`),
      ],
    ],
    [say(lang, 'casework.points'), pointLines(points, lang)],
  ]
  const body = sections.map(([title, lines]) => `${title}\n${lines.map((one) => `  ${one}\n`).join('')}`)
  return `${say(lang, 'casework.title')}: ${printable(file.name)} (${file.id})\n\n${body.join('\n')}`
}

function pointLines(points: readonly BundlePoints[], lang: Lang): readonly string[] {
  if (points.length === 0) return [say(lang, 'casework.points-none')]
  return points.flatMap(({ record, incident, found }) => [
    `${record}  ${printable(incident)}`,
    ...found.map(
      ({ number, point, state }) =>
        `${String(number).padStart(4)}. ${say(lang, `point.${point}`)}: ${say(lang, `point-state.${state}`)}`,
    ),
  ])
}

function recordLines({ records }: CaseFile, changes: Changes, lang: Lang): readonly string[] {
  if (records.length === 0) return [say(lang, 'casework.no-records')]
  return records.flatMap((record): readonly string[] => {
    const { id, day, held, bundle } = record
    const change = changes.get(id)
    const head = `${id}  ${formatDay(lang, parseDay(day))}  ${nameOf(record, lang)}`
    const file = held === undefined ? '' : `  ${printable(held.name)}`
    const wrong = change === undefined ? '' : `  (${say(lang, `casework.record-${change}`)})`
    const verified = bundle === undefined ? [] : [`    ${verifiedWords(lang, bundle.verified)}`]
    return [`${head}${file}${wrong}`, ...verified]
  })
}

function nameOf({ kind, addressee, says }: CaseRecord, lang: Lang): string {
  const words = PART_WORDS[lang]
  const more = addressee === undefined ? (says === undefined ? '' : words.answers[says]) : words.addressees[addressee]
  return more === '' ? words.records[kind] : `${words.records[kind]}: ${more}`
}

function requestLines(file: CaseFile, today: Day, lang: Lang): readonly string[] {
  const states = requestsOf(file)
  if (states.length === 0) return [say(lang, 'casework.no-requests')]
  const terms = new Map(
    deadlinesOf(file).flatMap((one): readonly (readonly [string, Day])[] =>
      one.kind === 'running' && one.rule.id === 'request-answer' && one.from.record !== undefined
        ? [[one.from.record, one.last]]
        : [],
    ),
  )
  return states.map(({ request, reply }) => {
    const head = `${request.id}  ${PART_WORDS[lang].addressees[request.addressee ?? 'ministry']}, ${formatDay(lang, parseDay(request.day))}: `
    if (reply?.kind === 'silence')
      return `${head}${say(lang, 'casework.silence', { day: formatDay(lang, parseDay(reply.day)) })}`
    if (reply !== undefined) {
      const says = PART_WORDS[lang].answers[reply.says ?? 'other']
      return `${head}${says}, ${formatDay(lang, parseDay(reply.day))} (${reply.id})`
    }
    const term = terms.get(request.id)
    if (term === undefined) return `${head}${say(lang, 'casework.no-reply')}`
    const key = term < today ? 'casework.no-reply-since' : 'casework.reply-until'
    return `${head}${say(lang, key, { day: formatDay(lang, term) })}`
  })
}

function deadlineLine(one: Deadline, today: Day, lang: Lang): string {
  const { rule } = one
  const name = say(lang, `deadline.${rule.id}`)
  const article =
    rule.article === undefined
      ? say(lang, 'deadline.article.none')
      : say(lang, `deadline.article.${rule.article.of}`, { numbers: rule.article.numbers })
  const mark = say(lang, `deadline.mark.${rule.mark}`)
  if (one.kind === 'not-running') return `${name}: ${say(lang, 'casework.not-running')} (${article})`
  const start = say(lang, 'casework.deadline-from', {
    start: say(lang, `deadline.start.${one.from.event}`),
    day: formatDay(lang, one.from.day),
  })
  if (one.kind === 'length-unknown') return `${name}: ${say(lang, 'casework.length-unknown')} (${start})`
  const when = say(lang, one.safe < today ? 'casework.deadline-passed' : 'casework.deadline-until', {
    day: formatDay(lang, one.safe),
  })
  const last = one.last === one.safe ? [] : [say(lang, 'casework.deadline-last', { day: formatDay(lang, one.last) })]
  const doubts = one.doubts
    .filter((doubt) => doubt !== 'rule' && doubt !== 'article')
    .map((doubt) => say(lang, `deadline.doubt.${doubt}`))
  return `${name}: ${when}\n    ${[start, ...last, article, mark, ...doubts].join('; ')}`
}
