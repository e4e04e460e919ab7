import { parseInstant } from '../../core/model/units.ts'
import { dayOf, type Day } from '../deadlines/calendar.ts'
import type { CaseFile } from './case-form.ts'
import { answeredDay, shownBundles } from './occurrences.ts'

/**
 * Days of a case that the other side would compare and call contradictory. A closed list; texts: `unfitting.<kind>`.
 * None of them is wrong for that reason: a person may have noticed what was not measured. Someone should check them
 * before a court does.
 */
const UNFITTING = [
  'learned-before-failed', // the restriction became known before the service first did not open
  'failed-not-measured', // the service did not open on a day on which no incident of a bundle lies
  'learned-before-measured', // it became known before the earliest start of any incident
  'asked-before-learned', // a request or complaint went out before it became known
] as const
type Unfitting = (typeof UNFITTING)[number]

/** Which days of a case do not fit together, in the order of the list. */
export function unfittingDays(file: Pick<CaseFile, 'answers' | 'records'>): readonly Unfitting[] {
  const failed = answeredDay(file, 'first-failed')
  const learned = answeredDay(file, 'learned')
  const spans = measuredDays(file)
  const [earliest] = spans.map(({ from }) => from).toSorted()
  const asked = file.records.filter(({ kind }) => kind === 'request' || kind === 'complaint').map(({ day }) => day)
  const found: Readonly<Record<Unfitting, boolean>> = {
    'learned-before-failed': learned !== undefined && failed !== undefined && learned < failed,
    'failed-not-measured':
      failed !== undefined && spans.length > 0 && !spans.some(({ from, until }) => from <= failed && failed <= until),
    'learned-before-measured': learned !== undefined && earliest !== undefined && learned < earliest,
    'asked-before-learned': learned !== undefined && asked.some((day) => day < learned),
  }
  return UNFITTING.filter((one) => found[one])
}

/** First and last possible day of each incident that papers are made of; one that goes on has no last. */
function measuredDays(file: Pick<CaseFile, 'records'>): readonly { readonly from: Day; readonly until: string }[] {
  return shownBundles(file).flatMap(({ bundle }) => {
    const incident = bundle?.verified.kind === 'wanting' ? null : bundle?.incident
    if (incident === undefined || incident === null || incident.withdrawn) return []
    const start = incident.start_utc.find((one) => one !== null)
    const end = incident.end_utc.findLast((one) => one !== null)
    if (start === undefined || start === null) return []
    const until = incident.running || end === undefined || end === null ? '9999' : dayOf(parseInstant(end))
    return [{ from: dayOf(parseInstant(start)), until }]
  })
}
