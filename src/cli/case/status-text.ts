import type { World } from '../../runtime/world.ts'
import type { CaseFile, CaseRecord } from '../../casework/case/case-form.ts'
import { requestsOf } from '../../casework/case/occurrences.ts'
import type { PapersState } from '../../casework/case/paper-folder.ts'
import { QUESTIONS } from '../../casework/case/questions.ts'
import { unfittingDays } from '../../casework/case/unfitting-days.ts'
import { dayOf, parseDay, type Day } from '../../casework/deadlines/calendar.ts'
import { isConfirmedRule, isOver, type Deadline, type RunningDeadline } from '../../casework/deadlines/compute.ts'
import { actName, shortNames, type Citing } from '../../casework/law/cite.ts'
import type { LawNotice } from '../../casework/law/law-notice.ts'
import { lawOf, loadLaw } from '../../casework/law/load-law.ts'
import { formatDay } from '../../casework/documents/day-text.ts'
import type { PointFound } from '../../casework/statement/completeness.ts'
import type { Instant } from '../../core/model/units.ts'
import { capitalise, say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { formatNumber } from '../../core/text/number.ts'
import { checkWords, verifiedWords } from './add.ts'
import type { BundleSince } from '../../app/case/revisions.ts'
import { writeHanging } from '../terminal/hanging.ts'

/** Records whose copy is gone or is not what was taken in. */
export type Changes = ReadonlyMap<string, 'missing' | 'changed'>

/** The twenty-five points of one incident that a bundle of the case shows. */
export interface BundlePoints {
  readonly record: string
  readonly incident: string
  readonly found: readonly PointFound[]
}

interface CaseState {
  /** With what was entered by mistake. */
  readonly whole: CaseFile
  /** Without it: what everything else is about. */
  readonly file: CaseFile
  readonly changes: Changes
  /** What became of the incidents of its bundles, by record; absent where no list of incidents was named. */
  readonly since: ReadonlyMap<string, BundleSince> | undefined
  readonly papers: PapersState
  /** What changed in the law since its documents were made. */
  readonly notice: LawNotice | undefined
  readonly points: readonly BundlePoints[]
  /** The nearest first; those that do not run last. */
  readonly deadlines: readonly Deadline[]
  readonly unanswered: readonly (typeof QUESTIONS)[number]['id'][]
}

/** A line with what stands before it; further lines of it hang below its text. */
type Line = readonly [before: string, text: string]

const INDENT = '  '
const DEEP = '  '
/** As in a verification: there, in part, not there. */
const MARKS = { present: '\u2713', partly: '~', missing: '\u2013' } as const

/** A case for a terminal, section by section: each answer where the eye looks for it, what is missing by name. */
export function writeStatus(
  state: CaseState,
  {
    world,
    lang,
    now,
  }: { readonly world: Pick<World, 'out' | 'outColumns'>; readonly lang: Lang; readonly now: Instant },
): void {
  const { file } = state
  const today = dayOf(now)
  const unfitting = unfittingDays(file).map((one): Line => [`${DEEP}\u2013 `, say(lang, `unfitting.${one}`)])
  const sections: readonly (readonly [string, readonly Line[]])[] = [
    [say(lang, 'casework.records'), recordLines(state, lang)],
    [say(lang, 'casework.papers'), [['', papersText(state.papers, lang)]]],
    ...(state.notice === undefined
      ? []
      : [
          [
            say(lang, 'law.changed'),
            noticeLines(state.notice, citingOn(today, lang)).map((one): Line => ['', one]),
          ] as const,
        ]),
    [say(lang, 'casework.requests'), requestLines(state, today, lang)],
    [say(lang, 'casework.deadlines'), deadlineLines(state, today, lang)],
    [say(lang, 'casework.questionnaire'), intakeLines(state, lang)],
    [say(lang, 'casework.points'), pointLines(state, lang)],
    ...(unfitting.length === 0 ? [] : [[say(lang, 'casework.unfitting'), unfitting] as const]),
  ]
  writeHanging(world, '', `${say(lang, 'casework.title')}: ${file.name} (${file.id})`)
  for (const [title, lines] of sections) {
    world.out.write('\n')
    writeHanging(world, '', title)
    for (const [before, text] of lines) writeHanging(world, `${INDENT}${before}`, text)
  }
}

/** Whether what is in the folder of papers may be filed, or is of an older state of the case. */
function papersText(papers: PapersState, lang: Lang): string {
  if (papers.kind === 'none') return say(lang, 'casework.papers-none', { command: 'kuager case build DIR' })
  if (papers.kind === 'current') return say(lang, 'casework.papers-current')
  return papers.changes === undefined
    ? say(lang, 'casework.papers-unknown')
    : say(lang, 'casework.papers-older', { changes: formatNumber(lang, papers.changes) })
}

/** Which revision of an incident a bundle shows, and what became of it since, as far as that was asked. */
function incidentText({ id, bundle }: CaseRecord, since: CaseState['since'], lang: Lang): readonly string[] {
  const incident = bundle?.incident
  if (incident === undefined || incident === null) return []
  const shown = say(lang, 'casework.incident', { id: incident.id, revision: formatNumber(lang, incident.revision) })
  if (since === undefined)
    return [shown, say(lang, 'casework.since-unknown', { command: 'kuager case status DIR --revisions FILE' })]
  const found = since.get(id)
  if (found === undefined) return [shown]
  const revision = found.kind === 'revised' ? formatNumber(lang, found.revision) : ''
  return [shown, say(lang, `casework.since-${found.kind}`, { revision })]
}

function recordLines({ whole: { records }, changes, since }: CaseState, lang: Lang): readonly Line[] {
  if (records.length === 0) return [['', say(lang, 'casework.no-records')]]
  return records.flatMap((record): readonly Line[] => {
    const { id, day, held, bundle, check } = record
    const change = changes.get(id)
    const head = `${id}  `
    const margin = ' '.repeat(head.length)
    const wrong = change === undefined ? '' : ` (${say(lang, `casework.record-${change}`)})`
    return [
      [head, `${formatDay(lang, parseDay(day))}  ${recordText(record, lang)}${wrong}`],
      ...(record.mistake === undefined
        ? []
        : [[margin, say(lang, 'casework.record-mistaken', { why: record.mistake })] as const]),
      ...(held === undefined ? [] : [[margin, held.name] as const]),
      ...(bundle === undefined ? [] : [[margin, verifiedWords(lang, bundle.verified)] as const]),
      ...incidentText(record, since, lang).map((text) => [margin, text] as const),
      ...(check === undefined ? [] : [[margin, checkWords(lang, check)] as const]),
    ]
  })
}

function recordText({ kind, addressee, says }: CaseRecord, lang: Lang): string {
  const name = say(lang, `document.record.${kind}`)
  if (addressee !== undefined) return `${name}: ${say(lang, `document.addressee.${addressee}`)}`
  return says === undefined ? name : `${name}: ${say(lang, `document.answer.${says}`)}`
}

function requestLines({ file, deadlines }: CaseState, today: Day, lang: Lang): readonly Line[] {
  const states = requestsOf(file)
  if (states.length === 0) return [['', say(lang, 'casework.no-requests')]]
  const terms = new Map(
    deadlines.flatMap((one): readonly (readonly [string, RunningDeadline])[] =>
      one.kind === 'running' && one.rule.id === 'request-answer' && one.from.record !== undefined
        ? [[one.from.record, one]]
        : [],
    ),
  )
  return states.flatMap(({ request, reply }): readonly Line[] => {
    const head = `${request.id}  `
    const to = say(lang, `document.addressee.${request.addressee ?? 'ministry'}`)
    return [
      [head, `${to}, ${formatDay(lang, parseDay(request.day))}`],
      [' '.repeat(head.length), capitalise(lang, replyText({ reply, term: terms.get(request.id) }, today, lang))],
    ]
  })
}

function replyText(
  { reply, term }: { readonly reply: CaseRecord | undefined; readonly term: RunningDeadline | undefined },
  today: Day,
  lang: Lang,
): string {
  if (reply?.kind === 'silence') return say(lang, 'casework.silence', { day: formatDay(lang, parseDay(reply.day)) })
  if (reply !== undefined) {
    const says = say(lang, `document.answer.${reply.says ?? 'other'}`)
    return `${says}, ${formatDay(lang, parseDay(reply.day))} (${reply.id})`
  }
  if (term === undefined) return say(lang, 'casework.no-reply')
  const over = isOver(term, today) ? 'casework.no-reply-since' : 'casework.reply-until'
  const key = term.from.open === true && term.last < today ? 'casework.no-reply-open' : over
  return say(lang, key, { day: formatDay(lang, term.last) })
}

/** The provisions that a rule rests on, by their names. */
const articleText = (lang: Lang, rule: Deadline['rule'], today: Day): string => {
  const citing = citingOn(today, lang)
  return shortNames(citing, lawOf(citing.law, rule))
    .map((span) => ('text' in span ? span.text : ''))
    .join('')
}

const citingOn = (today: Day, lang: Lang): Citing => ({
  law: loadLaw(),
  lang,
  on: { event: today, document: today },
})

/** Terms that run, each with its provision and its doubts; then those whose start is not known, by name alone. */
function deadlineLines({ file, deadlines }: CaseState, today: Day, lang: Lang): readonly Line[] {
  const resting = deadlines.filter(({ kind }) => kind === 'not-running')
  return [
    ...deadlines.flatMap((one) => runningLines(one, file, { today, lang })),
    ...(resting.length === 0 ? [] : [['', `${capitalise(lang, say(lang, 'casework.not-running'))}.`] as const]),
    ...resting.map(
      ({ rule }) =>
        [`${DEEP}\u2013 `, `${say(lang, `deadline.${rule.id}`)} (${articleText(lang, rule, today)})`] as const,
    ),
  ]
}

function runningLines(
  one: Deadline,
  file: CaseFile,
  { today, lang }: { readonly today: Day; readonly lang: Lang },
): readonly Line[] {
  if (one.kind === 'not-running') return []
  const { rule } = one
  const name = say(lang, `deadline.${rule.id}`)
  const began = say(lang, 'casework.deadline-from', {
    start: say(lang, `deadline.start.${one.from.event}`),
    day: formatDay(lang, one.from.day),
  })
  const start = `${began}${ofRecord(one.from.record, file, lang)}`
  if (one.kind === 'length-unknown')
    return [
      ['', `${name}: ${say(lang, 'casework.length-unknown')}`],
      [DEEP, start],
    ]
  const { last: end } = one
  // Between the two days, and where the start is not known, a lawyer must say: it may still run.
  const [key, day] = whenOf(one, today)
  const when = say(lang, key, { day: formatDay(lang, day) })
  const last = end === day ? [] : [say(lang, 'casework.deadline-last', { day: formatDay(lang, end) })]
  const doubts = one.doubts.filter((doubt) => doubt !== 'rule').map((doubt) => say(lang, `deadline.doubt.${doubt}`))
  const mark = say(lang, `deadline.mark.${isConfirmedRule(rule, loadLaw()) ? 'confirmed' : 'lawyer-must-confirm'}`)
  return [
    ['', `${name}: ${when}`],
    [DEEP, [start, ...last, articleText(lang, rule, today), mark, ...doubts].join('; ')],
  ]
}

/** The words for a deadline on a day, with the day that it names. */
function whenOf(
  one: RunningDeadline,
  today: Day,
): readonly [`casework.deadline-${'passed' | 'open' | 'unsafe' | 'until'}`, Day] {
  const { safe, last, from, rule } = one
  if (safe >= today) return ['casework.deadline-until', safe]
  if (rule.binds === 'addressee' && from.open === true) return ['casework.deadline-open', last]
  return isOver(one, today) ? ['casework.deadline-passed', last] : ['casework.deadline-unsafe', safe]
}

/** Which request, complaint or judgment a deadline runs from: there may be several of a kind. */
function ofRecord(id: string | undefined, { records }: CaseFile, lang: Lang): string {
  const record = records.find((one) => one.id === id)
  if (record === undefined) return ''
  const to = record.addressee === undefined ? '' : `, ${say(lang, `document.addressee.${record.addressee}`)}`
  return ` (${record.id}${to})`
}

function intakeLines({ unanswered }: CaseState, lang: Lang): readonly Line[] {
  const answered = formatNumber(lang, QUESTIONS.length - unanswered.length)
  return [
    ['', say(lang, 'casework.questionnaire-answered', { answered, all: formatNumber(lang, QUESTIONS.length) })],
    ...(unanswered.length === 0 ? [] : [['', say(lang, 'casework.questionnaire-missing')] as const]),
    ...unanswered.map((id) => [`${DEEP}\u2013 `, say(lang, `question.${id}`)] as const),
  ]
}

function pointLines({ points }: CaseState, lang: Lang): readonly Line[] {
  if (points.length === 0) return [['', say(lang, 'casework.points-none')]]
  return points.flatMap(({ record, incident, found }): readonly Line[] => [
    [`${record}  `, incident],
    ...found.map(
      ({ number, point, state }) =>
        [
          `${MARKS[state]} ${String(number).padStart(2)} `,
          `${say(lang, `point.${point}`)}: ${say(lang, `point-state.${state}`)}`,
        ] as const,
    ),
  ])
}

/** What changed in the law since a case was built, line by line. */
function noticeLines(notice: LawNotice, citing: Citing): readonly string[] {
  const { lang } = citing
  const head =
    notice.kind === 'unknown'
      ? [say(lang, 'law.changed-unknown')]
      : [
          say(lang, 'law.changed-more', { version: notice.version }),
          say(lang, 'law.changed-what', { names: notice.names.map((name) => changedName(name, citing)).join('; ') }),
        ]
  return [...head, ...notice.changes.map(({ says }) => says[lang])]
}

function changedName(name: string, citing: Citing): string {
  const { law, lang } = citing
  const [kind, id = ''] = name.split(':')
  if (kind === 'days-off') return say(lang, 'law.days-off')
  const rule = law.rules.find((one) => one.id === id)
  if (kind === 'rule') return rule === undefined ? id : say(lang, `deadline.${rule.id}`)
  const row = law.provisions.get(id)
  return row === undefined ? id : actName(citing, row)
}
