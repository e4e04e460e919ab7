import type { KeyEnd } from '../../core/text/catalogue.ts'
import { capitalise, say } from '../../core/text/format.ts'
import {
  annex,
  blank,
  spansOf,
  textSpan,
  withoutCapital,
  working,
  type Block,
  type Inline,
  type InlineSpan,
} from '../../documents/paper.ts'
import type { CaseRecord } from '../case/case-form.ts'
import { answeredDay } from '../case/occurrences.ts'
import type { QuestionId } from '../case/questions.ts'
import { dayOf, parseDay, type Day } from '../deadlines/calendar.ts'
import { documentOf, missing, paperAnnexes, told, type CaseView } from './case-view.ts'
import { formatDay, parseBounds } from './day-text.ts'
import { filled, unconfirmed } from '../law/cite.ts'
import { provisionOf } from '../law/load-law.ts'
import { mayState } from './parts.ts'

/** The conditions, each with what it rests on by its name in data/law and what the case holds on it. */
const CONDITIONS: readonly (readonly [
  KeyEnd<'communication.condition'>,
  readonly string[],
  (view: CaseView) => Inline,
])[] = [
  ['victim', ['protocol-victim'], victimOf],
  ['time', ['protocol-time', 'protocol-entry'], timeOf],
  ['remedies', ['protocol-exhaustion'], remediesOf],
  [
    'substance',
    ['protocol-substance'],
    (view) => joined(paperAnnexes(view).map(({ number }) => [annex(number)])) ?? [missing(view, 'bundle')],
  ],
  ['name', ['protocol-anonymity'], nameOf],
  ['delay', ['protocol-anonymity', 'committee-delay'], delayOf],
  ['other', ['protocol-parallel'], (view) => told(view, 'other-procedure')],
]

/** First day on which the Optional Protocol binds Kazakhstan, as the law data says. */
const protocolFrom = ({ law }: CaseView): Day | undefined => provisionOf(law, 'protocol-entry').from

/** That day as a document gives it. */
export const entryDay = (view: CaseView): string => {
  const from = protocolFrom(view)
  return from === undefined ? '____' : formatDay(view.lang, from)
}

/** Places of the provisions of a condition with the marks that they need; an act as a whole has none. */
const provisionCell = (view: CaseView, ids: readonly string[]): readonly InlineSpan[] =>
  ids.flatMap((id, at) => {
    const [place, ...marks] = filled(view, `{${id}}`)
    if (place?.kind !== 'law' || place.text === '') return []
    const words = at === 0 ? capitalise(view.lang, place.text) : `; ${place.text}`
    return [{ ...place, text: words }, ...marks]
  })

/**
 * What the Optional Protocol asks of a communication before its substance is looked at, article by article, against what the
 * case holds: a victim, a time, exhausted remedies, substance, a name, no abuse by delay, no other procedure. Nothing of it
 * is concluded; what the case does not hold is a blank.
 */
export const admissibilityTable = (view: CaseView): Block => ({
  kind: 'table',
  caption: say(view.lang, 'communication.conditions'),
  columns: [
    { head: say(view.lang, 'communication.column.provision'), share: 3 },
    { head: say(view.lang, 'communication.column.shown'), share: 4 },
    { head: say(view.lang, 'communication.column.record'), share: 6 },
  ],
  rows: CONDITIONS.map(([what, provisions, heldOf]): readonly Inline[] => [
    provisionCell(view, provisions),
    `${say(view.lang, `communication.condition.${what}`)}${what === 'time' ? `, ${entryDay(view)}` : ''}`,
    heldOf(view),
  ]),
})

function nameOf(view: CaseView): Inline {
  const { lang, file } = view
  if (file.answers['author-name'] === undefined) return told(view, 'author-name')
  const named = say(lang, 'communication.admissibility.named')
  return [
    textSpan(
      file.answers.anonymity?.value === true ? `${named}. ${say(lang, 'communication.admissibility.withheld')}` : named,
    ),
  ]
}

/** Several answers as sentences one after another; undefined of none. */
const joined = (parts: readonly (readonly InlineSpan[])[]): readonly InlineSpan[] | undefined =>
  parts.length === 0 ? undefined : parts.flatMap((spans, at) => (at === 0 ? spans : [textSpan('; '), ...spans]))

/** What was measured beside what the author says: that both are of one service, network and place is for the reader to see. */
function victimOf(view: CaseView): Inline {
  const measured = view.incidents
    .filter(mayState)
    .map(({ incident }): readonly InlineSpan[] => [textSpan(`${incident.service}, ${incident.network}`)])
  const asked: readonly QuestionId[] = ['service', 'network', 'place']
  const said = asked.map((id): readonly InlineSpan[] => [
    textSpan(`${say(view.lang, `document.label.${id}`)}: `),
    ...spansOf(told(view, id)),
  ])
  const checks = view.file.records
    .filter(({ kind, check }) => kind === 'saved-check' && check?.kind !== 'wanting')
    .map((record) => documentOf(view, record))
  const organisation = view.file.answers['author-kind']?.value === 'organisation'
  return [
    ...(organisation
      ? [
          blank(say(view.lang, 'communication.admissibility.persons')),
          working(`. ${say(view.lang, 'communication.admissibility.organisation')}`),
          unconfirmed,
          textSpan('. '),
        ]
      : []),
    textSpan(`${say(view.lang, 'communication.admissibility.measured')}: `),
    ...(joined(measured) ?? [missing(view, 'bundle')]),
    textSpan(`. ${say(view.lang, 'document.standing.stated')}: `),
    ...(joined(said) ?? []),
    textSpan(`. ${say(view.lang, 'document.record.saved-check')}: `),
    ...(joined(checks) ?? [missing(view, 'document')]),
    textSpan(`. ${say(view.lang, 'communication.admissibility.stated')}`),
  ]
}

/** The earliest day of what happened, measured or told. */
function timeOf(view: CaseView): Inline {
  const measured = view.incidents.filter(mayState).flatMap(({ incident }): readonly Day[] => {
    const at = parseBounds(incident.start_utc).find((one) => one !== undefined)
    return at === undefined ? [] : [dayOf(at)]
  })
  const first = answeredDay(view.file, 'first-failed')
  const [earliest] = [...measured, ...(first === undefined ? [] : [first])].toSorted()
  if (earliest === undefined) return [missing(view, 'day')]
  const day = formatDay(view.lang, earliest)
  const from = protocolFrom(view)
  return from !== undefined && earliest < from
    ? [textSpan(`${day}. ${say(view.lang, 'communication.admissibility.before')}`), unconfirmed]
    : day
}

const STEPS: ReadonlySet<CaseRecord['kind']> = new Set([
  'complaint',
  'complaint-answer',
  'first-judgment',
  'appeal-judgment',
  'cassation-judgment',
  'constitutional-ruling',
])

/** The last step of the case, and why no further one is effective. */
function remediesOf(view: CaseView): Inline {
  const steps = view.file.records.filter(({ kind }) => STEPS.has(kind)).toSorted((a, b) => (a.day < b.day ? -1 : 1))
  const last = steps.at(-1)
  const step: readonly InlineSpan[] =
    last === undefined
      ? [blank(say(view.lang, 'communication.admissibility.no-step'))]
      : [
          textSpan(`${say(view.lang, `document.record.${last.kind}`)}, ${formatDay(view.lang, parseDay(last.day))}, `),
          ...documentOf(view, last),
        ]
  return [
    textSpan(`${say(view.lang, 'communication.admissibility.last-step')}: `),
    ...step,
    textSpan(`. ${say(view.lang, 'document.label.ineffective')}: `),
    ...spansOf(
      view.file.answers.ineffective === undefined
        ? told(view, 'ineffective')
        : say(view.lang, 'communication.admissibility.in-remedies'),
    ),
    unconfirmed,
  ]
}

/** Days from which rule 99(c) counts, and whether the paper is dated after the end. */
function delayOf(view: CaseView): Inline {
  const made = dayOf(view.madeAt)
  const spans = view.deadlines.flatMap((one): readonly (readonly InlineSpan[])[] => {
    if (one.kind !== 'running' || !one.rule.id.startsWith('committee-')) return []
    // The day that belongs to the end which is named: the longest reading counts from the latest day.
    const from = formatDay(view.lang, one.from.latest ?? one.from.day)
    const until = formatDay(view.lang, one.last)
    const late =
      made > one.last
        ? [
            textSpan(`. ${say(view.lang, 'communication.admissibility.late')}: `),
            blank(say(view.lang, 'communication.admissibility.late-reasons')),
          ]
        : []
    return [
      [
        textSpan(`${say(view.lang, 'communication.admissibility.since')}: ${from}`),
        working(`; ${withoutCapital(say(view.lang, 'communication.admissibility.until'))}: ${until}`),
        ...late,
      ],
    ]
  })
  return joined(spans) ?? [blank(say(view.lang, 'communication.admissibility.no-day'))]
}
