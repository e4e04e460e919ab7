import { addDays, addMonths, endOfDay, type Day } from './calendar.ts'
import {
  addWorkingDays,
  holidaysNear,
  isNearHoliday,
  isWorkingDay,
  nextWorkingDay,
  tableHolds,
  WEEKENDS_ONLY,
} from './days-off.ts'
import type { DaysOff, DeadlineRule, LawReading, StartEvent } from '../law/law-form.ts'
import { isConfirmed, lawOf, type Law } from '../law/load-law.ts'
import { defined } from '../../core/model/defined.ts'
import type { Instant } from '../../core/model/units.ts'

/** One occurrence that sets deadlines running, from the case. */
export interface Occurrence {
  readonly event: StartEvent
  /** The earliest day on which it may have happened: the safe day is counted from it. */
  readonly day: Day
  /** The latest one, where that is another. */
  readonly latest?: Day
  /** The case does not hold the day of receipt: it may be later than `latest`, and nothing is over. */
  readonly open?: true
  /** A notice of the body that it takes longer, with the day that it names. */
  readonly prolonged?: { readonly until?: Day }
  /** Id of the record of the case that shows it: which request, which judgment. */
  readonly record?: string
}

/** Why a date must be read by a lawyer before a person relies on it. A closed list; texts: `deadline.doubt.<doubt>`. */
const DOUBTS = [
  'rule', // no lawyer's check of its provision is on record
  'sources', // sources give several lengths: the shortest is the safe one
  'unread', // a provision that it rests on was not read
  'exceptions', // some cases have another length
  'receipt', // the day of receipt is not in the case: it may run from later
  'prolonged', // the body gave notice that it takes longer
  'days-off', // the table of days off was used, or does not reach so far
  'transfers', // it ends near a holiday, and decisions of the Government for single years are not known
  'moved', // the last day is a day off; whether the term moves is for a lawyer
  'not-in-force', // the rule came into force after the day from which it would run
] as const
type Doubt = (typeof DOUBTS)[number]

export type Deadline =
  /** The case gives no day for what sets it running. */
  | { readonly kind: 'not-running'; readonly rule: DeadlineRule }
  /** It runs, and how long is not established. */
  | { readonly kind: 'length-unknown'; readonly rule: DeadlineRule; readonly from: Occurrence }
  | {
      readonly kind: 'running'
      readonly rule: DeadlineRule
      readonly from: Occurrence
      /** Last day by the longest length that a source gives, from the latest start; a last day off moves where the rule says so. */
      readonly last: Day
      /**
       * The day to go by. For the person who files, the last working day by the shortest length from the earliest start:
       * no holiday counted, no move. For a body that must answer, `last`: silence is not said too early.
       */
      readonly safe: Day
      /**
       * The last day to which days off that the Government moved for single years could carry `last`; absent where the table
       * of days off does not reach so far. A deadline is over only after it.
       */
      readonly latest?: Day
      /** First instant after `safe` in Asia/Almaty. */
      readonly safeEnds: Instant
      readonly doubts: readonly Doubt[]
    }
export type RunningDeadline = Extract<Deadline, { readonly kind: 'running' }>

/**
 * Every deadline for what a case knows, one for each occurrence that starts it; a rule without one is not running. The day
 * of the event is not counted: a term of days begins on the next. Months and years end on the day of the same number, or
 * the last of a shorter month. Method: docs/methods/deadlines.md.
 */
export function computeDeadlines(occurrences: readonly Occurrence[], law: Law): readonly Deadline[] {
  return law.rules.flatMap((rule): readonly Deadline[] => {
    const starts = occurrences.filter(({ event }) => rule.starts.includes(event))
    return starts.length === 0 ? [{ kind: 'not-running', rule }] : starts.map((one) => computeDeadline(rule, one, law))
  })
}

/** One deadline of one occurrence. */
export function computeDeadline(rule: DeadlineRule, from: Occurrence, law: Law): Deadline {
  const { daysOff } = law
  const ends = rule.readings.map((one) => endOf(one, from.latest ?? from.day, daysOff))
  const [plain] = ends.toSorted().slice(-1)
  if (plain === undefined) return { kind: 'length-unknown', rule, from }
  const last = prolonged(rule, from, { plain: rule.moves ? nextWorkingDay(plain, daysOff) : plain, daysOff })
  const safe = rule.binds === 'addressee' ? last : earliestEnd(rule, from.day, daysOff)
  const doubts: Readonly<Record<Doubt, boolean>> = {
    rule: !isConfirmedRule(rule, law),
    sources: new Set(rule.readings.map(({ unit, count }) => `${count} ${unit}`)).size > 1,
    unread: lawOf(law, rule).some(({ opened }) => opened === false),
    exceptions: rule.exceptions !== undefined,
    receipt: from.open === true,
    prolonged: from.prolonged !== undefined,
    'days-off':
      rule.readings.some(({ unit }) => unit === 'working-days') ||
      (from.latest !== undefined && from.latest !== from.day) ||
      !tableHolds(last, daysOff),
    transfers: isNearHoliday(last, daysOff) || isNearHoliday(safe, daysOff),
    moved: rule.moves && !isWorkingDay(plain, daysOff),
    'not-in-force': lawOf(law, rule).every((row) => row.from !== undefined && from.day < row.from),
  }
  const found = DOUBTS.filter((one) => doubts[one])
  const latest = carriedTo(last, found, { from, rule, daysOff })
  return { kind: 'running', rule, from, last, safe, safeEnds: endOfDay(safe), doubts: found, ...defined({ latest }) }
}

/** Whether a lawyer's check is on record for every provision that a rule takes its length from. */
export const isConfirmedRule = (rule: DeadlineRule, law: Law): boolean =>
  rule.readings.length > 0 && lawOf(law, rule).every(isConfirmed)

/**
 * Whether a deadline is over under every source, however days off were moved: between its safe day and this day, a lawyer
 * must say.
 */
export const isOver = ({ latest, from }: RunningDeadline, today: Day): boolean =>
  latest !== undefined && latest < today && from.open !== true

/**
 * The last day with one more working day for each holiday that the Government may have moved a day off next to: those near
 * the last day, and where days of the table were counted, those of the whole time.
 */
function carriedTo(
  last: Day,
  doubts: readonly Doubt[],
  { from, rule, daysOff }: { readonly from: Occurrence; readonly rule: DeadlineRule; readonly daysOff: DaysOff },
): Day | undefined {
  if (!tableHolds(last, daysOff)) return undefined
  const counted = doubts.includes('days-off')
  // A deadline of months or years that does not move ends on its day, whether that is worked or not.
  if (!counted && !(rule.moves && doubts.includes('transfers'))) return last
  return addWorkingDays(last, holidaysNear(counted ? from.day : last, last, daysOff), daysOff)
}

/** The last working day by the shortest length, if no holiday counts and nothing moves; the earliest reading there is. */
export function earliestEnd({ readings }: DeadlineRule, start: Day, daysOff: DaysOff): Day {
  const [first = start] = readings.map((one) => endOf(one, start, WEEKENDS_ONLY)).toSorted()
  let at = first
  while (at > start && !isWorkingDay(at, daysOff)) at = addDays(at, -1)
  return at
}

/** A notice moves the last day to the one that it names, else to the furthest that the law allows; never to an earlier one. */
function prolonged(
  rule: DeadlineRule,
  from: Occurrence,
  { plain, daysOff }: { readonly plain: Day; readonly daysOff: DaysOff },
): Day {
  if (from.prolonged === undefined) return plain
  const furthest = rule.prolonged === undefined ? plain : endOf(rule.prolonged, plain, daysOff)
  const named = from.prolonged.until ?? furthest
  return named > plain ? named : plain
}

function endOf({ unit, count }: LawReading, start: Day, daysOff: DaysOff): Day {
  switch (unit) {
    case 'working-days':
      return addWorkingDays(start, count, daysOff)
    case 'months':
      return addMonths(start, count)
    case 'years':
      return addMonths(start, count * 12)
  }
}

/** Deadlines that run, by the safe day, the nearest first; then the others in the order of the rules. */
export const byDate = (deadlines: readonly Deadline[]): readonly Deadline[] =>
  deadlines.toSorted((a, b) => {
    const [left, right] = [a, b].map((one) => (one.kind === 'running' ? one.safe : '9999'))
    return left === right ? 0 : (left ?? '') < (right ?? '') ? -1 : 1
  })
