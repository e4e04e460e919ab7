import { computeDeadline, type Occurrence } from '../deadlines/compute.ts'
import { DEADLINE_RULES, type DeadlineId } from '../deadlines/rules.ts'
import type { Day } from '../deadlines/calendar.ts'
import type { CaseFile, CaseRecord } from './case-form.ts'

/** A case without what was entered by mistake, and without replies to it: what papers and terms are made of. */
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

/**
 * Last day on which a request of a day is answered in time, by the rule of docs/methods/deadlines.md; undefined where that
 * has no length. A lawyer must confirm it.
 */
export const answerDue = (day: Day): Day | undefined => dueBy('request-answer', day)

/** Last day of a term that began on a day; undefined where its length is not known. */
function dueBy(id: DeadlineId, day: Day): Day | undefined {
  const rule = DEADLINE_RULES.find((one) => one.id === id)
  const found = rule === undefined ? undefined : computeDeadline(rule, { event: rule.start, day })
  return found?.kind === 'running' ? found.last : undefined
}

/** Whether a request stayed without an answer until its term was over: a silence noted earlier says nothing yet. */
export function stayedSilent({ request, reply }: RequestState): boolean {
  const due = answerDue(request.day)
  return reply?.kind === 'silence' && (due === undefined || reply.day > due)
}

/**
 * Records of bundles that show an incident. Of several of one incident the one with the latest revision, added last; one
 * that was found wanting only where there is no other.
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
 * What sets terms running, as the case gives it. A judgment is counted from the day the author learned of it where that
 * is given. Domestic remedies count as exhausted with the cassation judgment: whether an earlier one suffices, or
 * whether a remedy need not be tried, is for a lawyer, who adds it to the intake in words. A complaint without a decision
 * sets the claim running from the last day of the decision, also where that lies ahead.
 */
export function occurrencesOf(file: Pick<CaseFile, 'records' | 'answers'>): readonly Occurrence[] {
  const of = (kind: CaseRecord['kind'], event: Occurrence['event']): readonly Occurrence[] =>
    file.records
      .filter((record) => record.kind === kind)
      .map(({ id, day, learned }) => ({ event, day: learned ?? day, record: id }))
  const asked = (id: 'learned' | 'by-law-learned', event: Occurrence['event']): readonly Occurrence[] => {
    const day = answeredDay(file, id)
    return day === undefined ? [] : [{ event, day }]
  }
  const requests = requestsOf(file)
  const silent = requests.filter(stayedSilent)
  // Of a request that was answered, or stayed without an answer until its term was over, nothing runs any more.
  const over = new Set(
    requests.filter((one) => one.reply?.kind === 'answer' || silent.includes(one)).map(({ request }) => request.id),
  )
  /** What a body let pass: from the last day that it had, which is the earliest reading. */
  const passed = (id: DeadlineId, event: Occurrence['event'], records: readonly CaseRecord[]): readonly Occurrence[] =>
    records.flatMap((record) => {
      const day = dueBy(id, record.day)
      return day === undefined ? [] : [{ event, day, record: record.id }]
    })
  const decided = new Set(file.records.flatMap(({ kind, about }) => (kind === 'complaint-answer' ? [about] : [])))
  return [
    ...of('request', 'request-sent').filter(({ record }) => record === undefined || !over.has(record)),
    ...passed(
      'request-answer',
      'request-unanswered',
      silent.map(({ request }) => request),
    ),
    ...asked('learned', 'restriction-learned'),
    ...of('complaint', 'complaint-filed').filter(({ record }) => record === undefined || !decided.has(record)),
    ...passed(
      'complaint-decision',
      'complaint-undecided',
      file.records.filter(({ kind, id }) => kind === 'complaint' && !decided.has(id)),
    ),
    ...of('complaint-answer', 'complaint-answered'),
    ...asked('by-law-learned', 'by-law-learned'),
    ...of('first-judgment', 'first-judgment'),
    ...of('appeal-judgment', 'appeal-judgment'),
    ...of('cassation-judgment', 'remedies-exhausted'),
    ...of('other-procedure-result', 'other-procedure-ended'),
  ]
}
