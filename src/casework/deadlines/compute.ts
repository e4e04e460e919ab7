import { addDays, addMonths, endOfDay, type Day } from './calendar.ts'
import { addWorkingDays, isWorkingDay, nextWorkingDay, tableHolds, type Calendar } from './days-off.ts'
import { DEADLINE_RULES, type DeadlineRule, type StartEvent } from './rules.ts'
import type { Instant } from '../../model/units.ts'

/** One occurrence that sets terms running, from the case. */
export interface Occurrence {
  readonly event: StartEvent
  readonly day: Day
  /** Id of the record of the case that shows it: which request, which judgment. */
  readonly record?: string
}

/** Why a date must be looked at by a lawyer before anybody relies on it. A closed list; texts: `deadline.doubt.<doubt>`. */
export const DOUBTS = [
  'rule', // length or article is from second hand
  'article', // the article is not established
  'days-off', // the table of days off was used, or does not reach so far
  'moved', // the last day is a day off; whether the term moves is for a lawyer
  'not-in-force', // the rule came into force after the day from which it would run
] as const
export type Doubt = (typeof DOUBTS)[number]

export type Deadline =
  /** The case gives no day for what sets the term running. */
  | { readonly kind: 'not-running'; readonly rule: DeadlineRule }
  /** It runs, and how long is not established. */
  | { readonly kind: 'length-unknown'; readonly rule: DeadlineRule; readonly from: Occurrence }
  | {
      readonly kind: 'running'
      readonly rule: DeadlineRule
      readonly from: Occurrence
      /** Last day of the term, by the rule and the table of days off; a last day off moves to the next working day. */
      readonly last: Day
      /**
       * The day to go by. For who files, the last working day if nothing lengthens the term: no holiday counted, no
       * move. For who must answer, `last`: silence is not said too early.
       */
      readonly safe: Day
      /** First instant after `safe` in Asia/Almaty. */
      readonly safeEnds: Instant
      readonly doubts: readonly Doubt[]
    }

/**
 * Every term for what a case knows, one for each occurrence of its starting event; a rule without one is not running.
 * The day of the event is not counted: a term of days begins on the next. Months and years end on the day of the same
 * number, or the last of a shorter month.
 */
export function computeDeadlines(occurrences: readonly Occurrence[]): readonly Deadline[] {
  return DEADLINE_RULES.flatMap((rule): readonly Deadline[] => {
    const starts = occurrences.filter(({ event }) => event === rule.start)
    return starts.length === 0 ? [{ kind: 'not-running', rule }] : starts.map((from) => computeDeadline(rule, from))
  })
}

/** One term of one occurrence. */
export function computeDeadline(rule: DeadlineRule, from: Occurrence): Deadline {
  const counted = rule.length.kind === 'working-days' || rule.startCounted === true
  if (rule.length.kind === 'unknown') return { kind: 'length-unknown', rule, from }
  const plain = endOf(rule.length, from.day, 'table')
  const last = rule.moves ? nextWorkingDay(plain) : plain
  const safe = rule.binds === 'addressee' ? last : workingDayBefore(endOf(rule.length, from.day, 'weekends'), from.day)
  const doubts = [
    ...(rule.mark === 'lawyer-must-confirm' ? ['rule' as const] : []),
    ...(rule.article === undefined ? ['article' as const] : []),
    ...(counted || !tableHolds(last) ? ['days-off' as const] : []),
    ...(rule.moves && !isWorkingDay(plain) ? ['moved' as const] : []),
    ...(rule.inForce !== undefined && from.day < rule.inForce ? ['not-in-force' as const] : []),
  ]
  return { kind: 'running', rule, from, last, safe, safeEnds: endOfDay(safe), doubts }
}

type KnownLength = Exclude<DeadlineRule['length'], { readonly kind: 'unknown' }>

function endOf({ kind, count }: KnownLength, start: Day, calendar: Calendar): Day {
  switch (kind) {
    case 'working-days':
      return addWorkingDays(start, count, calendar)
    case 'months':
      return addMonths(start, count)
    case 'years':
      return addMonths(start, count * 12)
  }
}

/** The day itself where it is worked, else the last one before it that is; never before the start. */
function workingDayBefore(day: Day, start: Day): Day {
  let at = day
  while (at > start && !isWorkingDay(at)) at = addDays(at, -1)
  return at
}

/** Terms that run, by the safe day, the nearest first; then the others in the order of the rules. */
export const byDate = (deadlines: readonly Deadline[]): readonly Deadline[] =>
  deadlines.toSorted((a, b) => {
    const [left, right] = [a, b].map((one) => (one.kind === 'running' ? one.safe : '9999'))
    return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1
  })
