import { defined } from '../../core/model/defined.ts'
import { CAUSE_WORDS } from '../../core/model/incident/cause.ts'
import { capitalise, say } from '../../core/text/format.ts'
import type { Lang } from '../../core/text/lang.ts'
import { strengthSentence } from '../../core/text/sentence/incident-verdict.ts'
import type { CaseRecord } from '../case/case-form.ts'
import { answerDeadline, requestsOf, type RequestState } from '../case/occurrences.ts'
import type { QuestionId } from '../case/questions.ts'
import { parseDay } from '../deadlines/calendar.ts'
import { isConfirmedRule, type Deadline, type RunningDeadline } from '../deadlines/compute.ts'
import { shortNames, unconfirmed } from '../law/cite.ts'
import { lawOf, provisionOf } from '../law/load-law.ts'
import {
  annex,
  blank,
  type Block,
  bulletList,
  factRows,
  heading,
  type Inline,
  type InlineSpan,
  type LabelledFact,
  orBlank,
  type Paper,
  paragraph,
  spansOf,
  textSpan,
  working,
} from '../../documents/paper.ts'
import {
  documentOf,
  checkBehind,
  inWords,
  missing,
  noteBehind,
  paperAnnexes,
  recordName,
  told,
  type CaseIncident,
  type CaseView,
} from './case-view.ts'
import { formatBounds, formatDay, parseBounds } from './day-text.ts'

/** What measurements cannot show, for a list. */
export const limitsOf = (lang: Lang): readonly string[] =>
  (['who', 'intent', 'reach', 'gaps'] as const).map((limit) => say(lang, `document.limit.${limit}`))

/** A paper of a case without its blocks: what it is, of which case, and that nothing was measured where that is so. */
export const paperFrame = (
  view: CaseView,
  lang: Paper['lang'],
  { title, kicker }: Required<Pick<Paper, 'title' | 'kicker'>>,
): Omit<Paper, 'blocks'> => ({
  lang,
  title,
  kicker,
  id: view.file.id,
  madeAt: view.madeAt,
  ...(view.simulated ? { banner: say(lang, 'paper.simulated') } : {}),
})

/** Answers of the questionnaire as labels with values, a blank where one is missing. */
export const toldRows = (view: CaseView, ids: readonly QuestionId[]): readonly LabelledFact[] =>
  ids.map((id) => ({ label: say(view.lang, `document.label.${id}`), value: told(view, id) }))

/** What the author says, under a heading that says so: a heading stays with what it names. */
export const toldBlocks = (view: CaseView, ids: readonly QuestionId[]): readonly Block[] => [
  heading(say(view.lang, 'document.standing.stated'), 3),
  factRows(toldRows(view, ids)),
]

/**
 * Every incident of the bundles of a case with its source, as facts, and one sentence of what follows, as that. Where there
 * is no bundle, a blank says so, and what the author says stands as that. `annexed` false for a letter that goes out without
 * the annexes of the case: it refers to none.
 */
export function incidentBlocks(view: CaseView, { annexed }: { readonly annexed: boolean }): readonly Block[] {
  const { lang } = view
  // To whom a request goes, a bundle that nothing follows from says nothing; and a request may rest on a person's word.
  const shown = annexed ? view.incidents : view.incidents.filter(mayState)
  if (shown.length === 0)
    return [
      ...(annexed ? [paragraph([missing(view, 'bundle')], 'fact')] : []),
      ...toldBlocks(view, ['service', 'network', 'place', 'first-failed']),
    ]
  return shown.flatMap((one): readonly Block[] => [
    heading(
      `${say(lang, mayState(one) ? 'document.standing.facts' : 'document.record.bundle')}: ${one.incident.service}, ${one.incident.network}`,
      3,
    ),
    factRows(incidentRows(view, one, annexed)),
    paragraph([textSpan(showsOf(view, one)), ...strengthOf(view, one, annexed)], 'inference'),
  ])
}

/** Whether documents may say what an incident was: its bundle passed verification, and it was not withdrawn. */
export const mayState = ({ incident, facts }: CaseIncident): boolean =>
  facts.verified.kind !== 'wanting' && !incident.withdrawn

/**
 * What follows from an incident, with its strength; nothing from one that was withdrawn or whose bundle failed
 * verification. That access was interfered with is never said flatly: the measurements fit it, with a strength.
 */
export function showsOf({ lang }: CaseView, { incident, facts }: CaseIncident): string {
  if (facts.verified.kind === 'wanting') return say(lang, 'document.shows.problems')
  if (incident.withdrawn) return say(lang, 'document.incident.withdrawn')
  const { word, support, log10_lr: log10Lr = 0 } = incident
  const known = CAUSE_WORDS.find((one) => one === word)
  const shown = say(lang, `document.shows.${known === 'blocking' || known === 'fault' ? known : 'open'}`)
  if (support === undefined || known === undefined) return shown
  return [shown, strengthSentence(lang, { word: known, support, log10Lr })].join(' ').trim()
}

/** Where the strength of an inference stands with everything against it: in the statement of facts. */
function strengthOf(view: CaseView, one: CaseIncident, annexed: boolean): readonly InlineSpan[] {
  const [statement] = paperAnnexes(view)
  if (!annexed || !mayState(one) || statement === undefined) return []
  return [textSpan(` ${say(view.lang, 'document.strength')}: `), annex(statement.number), textSpan('.')]
}

function incidentRows(view: CaseView, one: CaseIncident, annexed: boolean): readonly LabelledFact[] {
  const { lang } = view
  const { incident, facts } = one
  const end = incident.running
    ? say(lang, 'document.incident.ongoing')
    : orBlank(formatBounds(lang, parseBounds(incident.end_utc)), say(lang, 'document.missing.day'))
  const verified = { sound: 'valid', wanting: 'problems', 'not-verified': 'not-verified' } as const
  const source = [
    {
      label: say(lang, 'document.incident.verified'),
      value: say(lang, `document.incident.${verified[facts.verified.kind]}`),
    },
    {
      label: say(lang, 'document.incident.source'),
      value: annexed ? [...documentOf(view, one.record), textSpan(`, ${facts.name}`)] : facts.name,
    },
  ]
  if (!mayState(one)) return source
  return [
    { label: say(lang, 'document.incident.service'), value: incident.service },
    { label: say(lang, 'document.incident.network'), value: incident.network },
    {
      label: say(lang, 'document.incident.start'),
      value: orBlank(formatBounds(lang, parseBounds(incident.start_utc)), say(lang, 'document.missing.day')),
    },
    { label: say(lang, 'document.incident.end'), value: end },
    { label: say(lang, 'document.incident.measured'), value: String(incident.readings) },
    { label: say(lang, 'document.incident.devices'), value: `${incident.probes} / ${incident.probes_failed}` },
    ...source,
  ]
}

/**
 * What was done, with date, result and document: one row per step, with a blank for everything that the case does not
 * hold.
 */
export function stepsTable(
  view: CaseView,
  rows: readonly { readonly what: string; readonly record?: CaseRecord; readonly result: Inline }[],
  caption?: string,
): Block {
  const { lang } = view
  return {
    kind: 'table',
    ...defined({ caption }),
    columns: [
      { head: say(lang, 'document.column.what'), share: 3 },
      { head: say(lang, 'document.column.day'), share: 2 },
      { head: say(lang, 'document.column.result'), share: 3 },
      { head: say(lang, 'document.column.document'), share: 2 },
    ],
    rows: rows.map(({ what, record, result }) => [
      what,
      record === undefined ? [missing(view, 'day')] : formatDay(view.lang, parseDay(record.day)),
      result,
      documentOf(view, record),
    ]),
  }
}

/** Requests for the act with what came of each. */
export function requestRows(view: CaseView): readonly { what: string; record?: CaseRecord; result: Inline }[] {
  const { lang, file } = view
  const states = requestsOf(file)
  if (states.length === 0) return [{ what: say(lang, 'document.record.request'), result: [missing(view, 'result')] }]
  return states.map(({ request, reply }) => ({
    what: recordName(view, request),
    record: request,
    result: replyOf(view, { request, reply }),
  }))
}

/** Requests and acts of the case as a section of the statement of facts, which is handed in with the other papers. */
export function requestBlocks(view: CaseView): readonly Block[] {
  const acts = view.file.records.filter(({ kind }) => kind === 'act')
  const rows = acts.map((record) => ({
    what: say(view.lang, 'document.record.act'),
    record,
    result: [...actOf(view, record), textSpan(noteBehind(record))],
  }))
  return [heading(say(view.lang, 'casework.requests')), stepsTable(view, [...requestRows(view), ...rows])]
}

/**
 * What came of a request: the answer in one word with its day and document and the act that it names, or that none came by a
 * day, with the day until which it could.
 */
export function replyOf(view: CaseView, { request, reply }: RequestState): readonly InlineSpan[] {
  const { lang } = view
  if (reply === undefined) return [blank(say(lang, 'document.no-reply'))]
  const day = formatDay(lang, parseDay(reply.day))
  const said = reply.note === undefined ? [] : [textSpan('. '), ...inWords(lang, reply.note)]
  if (reply.kind === 'silence')
    return [textSpan(`${say(lang, 'document.no-answer')}, ${day}`), ...termOf(view, request), ...said]
  const known = say(lang, reply.says === undefined ? 'document.record.answer' : `document.answer.${reply.says}`)
  const named = reply.says === 'act-named' ? [textSpan(' ('), ...actOf(view, reply), textSpan(')')] : []
  return [textSpan(known), ...named, textSpan(`, ${day}, `), ...documentOf(view, reply), ...said]
}

/** The day until which a request could be answered, behind a silence; where receipt is not recorded, that it may be later. For the lawyer. */
export function termOf({ lang, law, file }: CaseView, request: CaseRecord): readonly InlineSpan[] {
  const { last, from } = answerDeadline(request, file, law)
  const open = from.open === true ? ` (${say(lang, 'deadline.doubt.receipt')})` : ''
  return [working(`; ${say(lang, 'document.reply-term')}: ${formatDay(lang, last)}${open}`), unconfirmed]
}

/** Number and day of an act, a blank for whichever the case does not hold. */
export function actOf({ lang }: CaseView, { act_number, act_day }: CaseRecord): readonly InlineSpan[] {
  const day = act_day === undefined ? undefined : formatDay(lang, parseDay(act_day))
  return [
    ...spansOf(orBlank(act_number, say(lang, 'document.missing.act-number'))),
    textSpan(', '),
    ...spansOf(orBlank(day, say(lang, 'document.missing.act-day'))),
  ]
}

/** A step of the remedies for each record of a kind, or one row of blanks where there is none. */
export function remedyRows(
  view: CaseView,
  kind: CaseRecord['kind'],
  resultOf: (record: CaseRecord) => Inline,
): readonly { what: string; record?: CaseRecord; result: Inline }[] {
  const what = say(view.lang, `document.record.${kind}`)
  const found = view.file.records.filter((record) => record.kind === kind)
  if (found.length === 0) return [{ what, result: [missing(view, 'result')] }]
  return found.map((record) => ({ what, record, result: resultOf(record) }))
}

/** What a record says in the words of who added it, or a blank. */
export const recordNote =
  ({ lang }: CaseView) =>
  ({ note }: CaseRecord): Inline =>
    note === undefined || note.trim() === '' ? [missing({ lang }, 'result')] : inWords(lang, note)

/** Notes for the lawyer, each on its own line, under a heading that says what they are. */
export const noteBlocks = (view: CaseView, notes: readonly Inline[]): readonly Block[] => [
  heading(say(view.lang, 'document.sheet.notes')),
  bulletList(notes),
]

/**
 * Deadlines that run for the person who files, with provision and reliability: for the lawyer. A day that a court counts
 * differently would speak against the person who filed it.
 */
export function termBlocks(view: CaseView, ids: ReadonlySet<string>): readonly Block[] {
  const runs = (one: Deadline): boolean => one.kind !== 'not-running' && ids.has(one.rule.id)
  return [
    heading(say(view.lang, 'court-claim.terms')),
    ...(view.deadlines.some(runs)
      ? [
          termsTable(view, runs, say(view.lang, 'court-claim.terms-table')),
          paragraph(say(view.lang, 'court-claim.terms-note')),
        ]
      : [paragraph([blank(say(view.lang, 'court-claim.no-terms'))])]),
  ]
}

/** A table of deadlines with provision and reliability. */
export function termsTable(view: CaseView, shown: (deadline: Deadline) => boolean, caption: string): Block {
  const { lang } = view
  return {
    kind: 'table',
    caption,
    columns: [
      { head: say(lang, 'document.column.term'), share: 3 },
      { head: say(lang, 'document.column.last-day'), share: 2.4 },
      { head: say(lang, 'document.column.article'), share: 2 },
      { head: say(lang, 'document.column.mark'), share: 3.2 },
    ],
    rows: view.deadlines
      .filter(shown)
      .map((one) => [
        `${say(view.lang, `deadline.${one.rule.id}`)}${beganOf(view, one)}`,
        one.kind === 'running' ? daysOf(view, one) : [missing(view, 'lawyer')],
        articleOf(view, one),
        reliability(view, one),
      ]),
  }
}

/** The day that a term is counted from, with what happened on it. */
const beganOf = ({ lang }: CaseView, one: Deadline): string =>
  one.kind === 'not-running'
    ? ''
    : `. ${capitalise(lang, say(lang, `deadline.start.${one.from.event}`))}: ${formatDay(lang, one.from.day)}`

/** The day to go by, and the last one by the longest reading where it is another. */
function daysOf({ lang }: CaseView, { safe, last }: RunningDeadline): string {
  const day = formatDay(lang, safe)
  return safe === last ? day : `${day}; ${say(lang, 'casework.deadline-last', { day: formatDay(lang, last) })}`
}

/** The provisions that a deadline rests on; their mark stands once, with how reliable it is. */
const articleOf = (view: CaseView, { rule }: Deadline): readonly InlineSpan[] =>
  shortNames(view, [...lawOf(view.law, rule), ...(rule.exceptions ?? []).map((id) => provisionOf(view.law, id))])

function reliability({ lang, law }: CaseView, one: Deadline): Inline {
  const doubts = one.kind === 'running' ? one.doubts : []
  const words = doubts.filter((doubt) => doubt !== 'rule').map((doubt) => say(lang, `deadline.doubt.${doubt}`))
  if (isConfirmedRule(one.rule, law) && words.length === 0) return say(lang, 'deadline.mark.confirmed')
  return [textSpan(words.join('; ')), unconfirmed]
}

/** The list of annexes by number. */
export function annexBlocks(view: CaseView): readonly Block[] {
  const { lang, annexes } = view
  if (annexes.length === 0)
    return [heading(say(lang, 'document.annexes')), paragraph([blank(say(lang, 'document.no-annexes'))])]
  const items = [
    ...annexes.map(({ number, record }): Inline => [
      annex(number),
      textSpan(
        `. ${recordName(view, record)}, ${formatDay(lang, parseDay(record.day))}${checkBehind(view, record)}${noteBehind(record)}`,
      ),
    ]),
    ...paperAnnexes(view).map(({ number, title }): Inline => [annex(number), textSpan(`. ${title}`)]),
  ]
  return [heading(say(lang, 'document.annexes')), bulletList(items)]
}

/** The other side as the author names it, with address and number; never whom the measurements could name. */
export const otherSide = (view: CaseView, named: Inline): readonly Inline[] => [
  named,
  told(view, 'defendant-address'),
  [textSpan(`${say(view.lang, 'document.label.bin')}: `), ...spansOf(told(view, 'defendant-number'))],
]

/** Place to date and sign by hand. */
export const signatureBlock = (view: CaseView): Block => ({
  kind: 'signature',
  rows: [
    { label: say(view.lang, 'document.signed-on'), value: [missing(view, 'signed')] },
    { label: say(view.lang, 'document.signature'), value: [missing(view, 'signature')] },
  ],
})

/**
 * Who submits, with the representative where one is named. The number that identifies a person in Kazakhstan is for the bodies
 * and courts that ask for it (`numbered`), and not for anyone abroad. A court asks for more (`court`): what is not
 * given is a blank.
 */
export function authorLines(
  view: CaseView,
  { numbered, court = false }: { readonly numbered: boolean; readonly court?: boolean },
): readonly Inline[] {
  const { lang, file } = view
  const { representative } = file.answers
  const organisation = file.answers['author-kind']?.value === 'organisation'
  const born: readonly Inline[] = [
    [textSpan(`${say(lang, 'document.label.author-born')}: `), ...spansOf(told(view, 'author-born'))],
    [missing(view, 'birthplace')],
  ]
  return [
    told(view, 'author-name'),
    ...(numbered ? [[missing(view, 'number')]] : []),
    ...(court ? (organisation ? [[missing(view, 'bank')]] : born) : []),
    told(view, 'author-address'),
    told(view, 'author-contact'),
    ...(representative === undefined
      ? []
      : [
          [
            textSpan(`${say(lang, 'document.label.representative')}: ${String(representative.value)}`),
            ...(court ? [textSpan(', '), missing(view, 'representative-address')] : []),
          ],
        ]),
  ]
}
