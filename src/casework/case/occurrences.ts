import { defined } from '../../core/model/defined.ts'
import { Fault } from '../../core/model/errors.ts'
import { parseInstant } from '../../core/model/units.ts'
import { dayOf, type Day } from '../deadlines/calendar.ts'
import { computeDeadline, earliestEnd, type Occurrence } from '../deadlines/compute.ts'
import type { StartEvent } from '../law/law-form.ts'
import { ruleOf, type Law } from '../law/load-law.ts'
import type { CaseFile, CaseRecord } from './case-form.ts'

/** A case without what was entered by mistake, and without replies to it: what documents and deadlines are made of. */
export function withoutMistakes(file: CaseFile): CaseFile {
  const counts = ({ mistake, about }: CaseRecord): boolean =>
    mistake === undefined && (about === undefined || file.records.some((one) => one.id === about && counts(one)))
  return { ...file, records: file.records.filter(counts) }
}

/** A request with what came of it: an answer, a recorded silence, or nothing yet. */
export interface RequestState {
  readonly request: CaseRecord
  readonly reply: CaseRecord | undefined
}

/** Requests in the order of the case. Of several replies the last counts. */
export const requestsOf = ({ records }: Pick<CaseFile, 'records'>): readonly RequestState[] =>
  records
    .filter(({ kind }) => kind === 'request')
    .map((request) => ({
      request,
      reply: records.findLast(({ kind, about }) => about === request.id && (kind === 'answer' || kind === 'silence')),
    }))

/** The deadline of an answer to a request, or of a decision on a complaint. */
interface AnswerDeadline {
  /** What it is counted from: receipt, else the day of sending, which may be earlier. */
  readonly from: Occurrence
  /** Last day by the shortest reading, from the first day of all: when silence may at the earliest count as a refusal. */
  readonly earliest: Day
  /** Last day by the longest reading, with what was passed on and prolonged. */
  readonly last: Day
}

/** Until when a body may answer a request or decide a complaint, by docs/methods/deadlines.md. */
export function answerDeadline(asked: CaseRecord, { records }: Pick<CaseFile, 'records'>, law: Law): AnswerDeadline {
  const rule = ruleOf(law, asked.kind === 'complaint' ? 'complaint-decision' : 'request-answer')
  const from = askedOn(asked, records)
  const found = computeDeadline(rule, from, law)
  if (found.kind !== 'running') throw new Fault(`Cannot count "${rule.id}": the law gives no length`)
  return { from, earliest: earliestEnd(rule, asked.day, law.daysOff), last: found.last }
}

/** What sets the deadline of a body running: receipt, or that another body received it; sending where neither is known. */
function askedOn({ id, day, kind }: CaseRecord, records: readonly CaseRecord[]): Occurrence {
  const about = records.filter((one) => one.about === id)
  const receipt = about.findLast((one) => one.kind === 'receipt')
  const passed = about.findLast(({ says }) => says === 'passed-on')
  const notice = about.findLast((one) => one.kind === 'prolonged')
  const of = kind === 'complaint' ? 'complaint' : 'request'
  const start: Pick<Occurrence, 'event' | 'day' | 'open'> =
    receipt !== undefined && (passed === undefined || receipt.day >= passed.day)
      ? { event: `${of}-received`, day: receipt.day }
      : passed === undefined
        ? { event: of === 'complaint' ? 'complaint-filed' : 'request-sent', day, open: true }
        : { event: 'request-passed-on', day: passed.day, open: true }
  if (notice === undefined) return { ...start, record: id }
  return { ...start, record: id, prolonged: notice.until === undefined ? {} : { until: notice.until } }
}

/** Whether a request stayed without an answer until its deadline was over: a silence noted earlier says nothing yet. */
export const stayedSilent = ({ request, reply }: RequestState, file: Pick<CaseFile, 'records'>, law: Law): boolean =>
  reply?.kind === 'silence' && reply.day > answerDeadline(request, file, law).last

/**
 * Records of bundles that show an incident. Of several of one incident the one with the latest revision, added last;
 * one that failed verification only if there is no other.
 */
export function shownBundles({ records }: Pick<CaseFile, 'records'>): readonly CaseRecord[] {
  const newest = new Map<string, CaseRecord>()
  for (const record of records) {
    const incident = record.bundle?.incident
    if (incident === undefined || incident === null) continue
    if (rank(record) >= rank(newest.get(incident.id))) newest.set(incident.id, record)
  }
  return [...newest.values()]
}

const rank = (record: CaseRecord | undefined): number =>
  record?.bundle?.verified.kind === 'wanting' ? 0 : (record?.bundle?.incident?.revision ?? -1)

/** The day of an answer to a question that asks for one; undefined where it was not answered. */
export function answeredDay(
  { answers }: Pick<CaseFile, 'answers'>,
  id: 'learned' | 'by-law-learned' | 'first-failed',
): Day | undefined {
  const value = answers[id]?.value
  // The schema holds these answers to days.
  return typeof value === 'string' ? (value as Day) : undefined
}

/**
 * What sets deadlines running, as the case gives it. A judgment or decision is counted from its own day for the safe date;
 * for the last one from the day the author learned of it, where that is given. Domestic remedies count as exhausted with
 * the cassation judgment: whether an earlier one suffices, or whether a remedy need not be tried, is for a lawyer, who
 * adds it to the questionnaire in words. A complaint without a decision sets the claim running from the last day of the
 * decision, also if that is in the future.
 */
export function occurrencesOf(file: Pick<CaseFile, 'records' | 'answers'>, law: Law): readonly Occurrence[] {
  const { records } = file
  const of = (kind: CaseRecord['kind'], event: StartEvent): readonly Occurrence[] =>
    records
      .filter((record) => record.kind === kind)
      .map(({ id, day, learned }) => ({
        event,
        day,
        record: id,
        ...defined({ latest: learned }),
      }))
  const asked = (id: 'learned' | 'by-law-learned', event: StartEvent): readonly Occurrence[] => {
    const day = answeredDay(file, id)
    return day === undefined ? [] : [{ event, day }]
  }
  /** What a body let pass: from the earliest last day that it had until the latest. */
  const passed = (event: StartEvent, of: readonly CaseRecord[]): readonly Occurrence[] =>
    of.map((record) => {
      const { earliest, last, from } = answerDeadline(record, file, law)
      const span = { event, day: earliest, latest: last, record: record.id }
      return from.open === undefined ? span : { ...span, open: from.open }
    })
  const requests = requestsOf(file)
  const silent = requests.filter((one) => stayedSilent(one, file, law))
  const running = requests.filter(
    (one) => !silent.includes(one) && (one.reply?.kind !== 'answer' || one.reply.says === 'passed-on'),
  )
  const decided = new Set(records.flatMap(({ kind, about }) => (kind === 'complaint-answer' ? [about] : [])))
  const open = records.filter(({ kind, id }) => kind === 'complaint' && !decided.has(id))
  return [
    ...running.map(({ request }) => askedOn(request, records)),
    ...passed(
      'request-unanswered',
      silent.map(({ request }) => request),
    ),
    ...asked('learned', 'restriction-learned'),
    ...beganOf(file),
    ...records.flatMap(({ id, act_day: day }): readonly Occurrence[] =>
      day === undefined ? [] : [{ event: 'act-adopted', day, record: id }],
    ),
    ...open.map((record) => askedOn(record, records)),
    ...passed('complaint-undecided', open),
    ...of('complaint-answer', 'complaint-answered'),
    ...asked('by-law-learned', 'by-law-learned'),
    ...of('court-ruling', 'court-ruling'),
    ...of('first-judgment', 'first-judgment'),
    ...of('appeal-judgment', 'appeal-judgment'),
    ...of('cassation-judgment', 'remedies-exhausted'),
    ...of('other-procedure-result', 'other-procedure-ended'),
  ]
}

/** When the restriction began: the first day on which the author or a measurement met it, and the last of these. */
function beganOf(file: Pick<CaseFile, 'records' | 'answers'>): readonly Occurrence[] {
  const told = answeredDay(file, 'first-failed')
  const measured = shownBundles(file).flatMap(({ bundle }) => {
    if (bundle?.verified.kind === 'wanting' || bundle?.incident?.withdrawn !== false) return []
    const start = bundle.incident.start_utc.find((one) => one !== null)
    return start === undefined || start === null ? [] : [dayOf(parseInstant(start))]
  })
  const days = [...measured, ...(told === undefined ? [] : [told])].toSorted()
  const [day, latest] = [days.at(0), days.at(-1)]
  return day === undefined || latest === undefined ? [] : [{ event: 'restriction-began', day, latest }]
}

/** The day that the articles of a case are cited by: of the act that was named, else of what happened; undefined of neither. */
export function eventDay(file: Pick<CaseFile, 'records' | 'answers'>): Day | undefined {
  const act = file.records.findLast(({ act_day }) => act_day !== undefined)?.act_day
  return act ?? beganOf(file).at(0)?.day ?? answeredDay(file, 'learned')
}
