import { capitalise } from '../../core/text/format.ts'
import {
  annex,
  blank,
  spansOf,
  textSpan,
  withoutCapital,
  type Block,
  type Inline,
  type InlineSpan,
} from '../../documents/paper.ts'
import type { CaseRecord } from '../case/case-form.ts'
import { answeredDay } from '../case/occurrences.ts'
import type { QuestionId } from '../case/questions.ts'
import { dayOf, parseDay, type Day } from '../deadlines/calendar.ts'
import { documentOf, paperAnnexes, told, type CaseView } from './case-view.ts'
import { formatDay, parseBounds } from './day-text.ts'
import { filled, unconfirmed } from '../law/cite.ts'
import { provisionOf } from '../law/load-law.ts'
import { mayState } from './parts.ts'
import type { AdmissibilityWords } from './words/communication-words.ts'

/** What each condition rests on, by its name in data/law. */
const PROVISIONS: Readonly<Record<AdmissibilityWords['rows'][number]['holds'], readonly string[]>> = {
  victim: ['protocol-victim'],
  time: ['protocol-time', 'protocol-entry'],
  remedies: ['protocol-exhaustion'],
  substance: ['protocol-substance'],
  name: ['protocol-anonymity'],
  delay: ['protocol-anonymity', 'committee-delay'],
  other: ['protocol-parallel'],
}

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
export const admissibilityTable = (view: CaseView, words: AdmissibilityWords): Block => ({
  kind: 'table',
  caption: words.caption,
  columns: [
    { head: words.provision, share: 3 },
    { head: words.shown, share: 4 },
    { head: words.record, share: 6 },
  ],
  rows: words.rows.map(({ holds: what, shown }): readonly Inline[] => [
    provisionCell(view, PROVISIONS[what]),
    what === 'time' ? `${shown}, ${entryDay(view)}` : shown,
    HELD[what](view, words),
  ]),
})

const HELD: Readonly<
  Record<AdmissibilityWords['rows'][number]['holds'], (view: CaseView, words: AdmissibilityWords) => Inline>
> = {
  victim: victimOf,
  time: timeOf,
  remedies: remediesOf,
  substance: (view) =>
    joined(paperAnnexes(view).map(({ number }) => [annex(number)])) ?? [blank(view.words.missing.bundle)],
  name: (view, { named, withheld }) =>
    view.file.answers['author-name'] === undefined
      ? told(view, 'author-name')
      : [textSpan(view.file.answers.anonymity?.value === true ? `${named}. ${withheld}` : named)],
  delay: delayOf,
  other: (view) => told(view, 'other-procedure'),
}

/** Several answers as sentences one after another; undefined of none. */
const joined = (parts: readonly (readonly InlineSpan[])[]): readonly InlineSpan[] | undefined =>
  parts.length === 0 ? undefined : parts.flatMap((spans, at) => (at === 0 ? spans : [textSpan('; '), ...spans]))

/** What was measured beside what the author says: that both are of one service, network and place is for the reader to see. */
function victimOf(view: CaseView, words: AdmissibilityWords): Inline {
  const { labels, standing } = view.words
  const measured = view.incidents
    .filter(mayState)
    .map(({ incident }): readonly InlineSpan[] => [textSpan(`${incident.service}, ${incident.network}`)])
  const asked: readonly QuestionId[] = ['service', 'network', 'place']
  const said = asked.map((id): readonly InlineSpan[] => [textSpan(`${labels[id]}: `), ...spansOf(told(view, id))])
  const checks = view.file.records
    .filter(({ kind, check }) => kind === 'saved-check' && check?.kind !== 'wanting')
    .map((record) => documentOf(view, record))
  const organisation = view.file.answers['author-kind']?.value === 'organisation'
  return [
    ...(organisation ? [textSpan(words.organisation), unconfirmed, textSpan(' ')] : []),
    textSpan(`${words.measured}: `),
    ...(joined(measured) ?? [blank(view.words.missing.bundle)]),
    textSpan(`. ${standing.told}: `),
    ...(joined(said) ?? []),
    textSpan(`. ${view.words.records['saved-check']}: `),
    ...(joined(checks) ?? [blank(view.words.missing.document)]),
    textSpan(`. ${words.told}`),
  ]
}

/** The earliest day of what happened, measured or told. */
function timeOf(view: CaseView, words: AdmissibilityWords): Inline {
  const measured = view.incidents.filter(mayState).flatMap(({ incident }): readonly Day[] => {
    const at = parseBounds(incident.start_utc).find((one) => one !== undefined)
    return at === undefined ? [] : [dayOf(at)]
  })
  const first = answeredDay(view.file, 'first-failed')
  const [earliest] = [...measured, ...(first === undefined ? [] : [first])].toSorted()
  if (earliest === undefined) return [blank(view.words.missing.day)]
  const day = formatDay(view.lang, earliest)
  const from = protocolFrom(view)
  return from !== undefined && earliest < from ? [textSpan(`${day}. ${words.before}`), unconfirmed] : day
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
function remediesOf(view: CaseView, words: AdmissibilityWords): Inline {
  const steps = view.file.records.filter(({ kind }) => STEPS.has(kind)).toSorted((a, b) => (a.day < b.day ? -1 : 1))
  const last = steps.at(-1)
  const step: readonly InlineSpan[] =
    last === undefined
      ? [blank(words.noStep)]
      : [
          textSpan(`${view.words.records[last.kind]}, ${formatDay(view.lang, parseDay(last.day))}, `),
          ...documentOf(view, last),
        ]
  return [
    textSpan(`${words.lastStep}: `),
    ...step,
    textSpan(`. ${view.words.labels.ineffective}: `),
    ...spansOf(view.file.answers.ineffective === undefined ? told(view, 'ineffective') : words.inRemedies),
    unconfirmed,
  ]
}

/** Days from which rule 99(c) counts, and whether the paper is dated after the end. */
function delayOf(view: CaseView, words: AdmissibilityWords): Inline {
  const made = dayOf(view.madeAt)
  const spans = view.deadlines.flatMap((one): readonly (readonly InlineSpan[])[] => {
    if (one.kind !== 'running' || !one.rule.id.startsWith('committee-')) return []
    // The day that belongs to the end which is named: the longest reading counts from the latest day.
    const from = formatDay(view.lang, one.from.latest ?? one.from.day)
    const until = formatDay(view.lang, one.last)
    const late = made > one.last ? [textSpan(`. ${words.late}: `), blank(words.lateReasons)] : []
    return [[textSpan(`${words.since}: ${from}; ${withoutCapital(words.until)}: ${until}`), ...late]]
  })
  return joined(spans) ?? [blank(words.noDay)]
}
