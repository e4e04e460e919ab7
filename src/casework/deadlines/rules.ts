import type { Day } from './calendar.ts'

/** What sets a term running. A case gives the days of these, where it knows them. */
export const START_EVENTS = [
  'request-sent',
  'request-unanswered',
  'restriction-learned',
  'complaint-filed',
  'complaint-undecided',
  'complaint-answered',
  'by-law-learned',
  'first-judgment',
  'appeal-judgment',
  'remedies-exhausted',
  'other-procedure-ended',
] as const
export type StartEvent = (typeof START_EVENTS)[number]

/** `confirmed`: length and article are known; `lawyer-must-confirm`: from second hand, never to be relied on unread. */
export type Mark = 'confirmed' | 'lawyer-must-confirm'

export type Length =
  | { readonly kind: 'working-days' | 'months' | 'years'; readonly count: number }
  /** That there is a term is known, how long it is not. */
  | { readonly kind: 'unknown' }

/** A provision: of the Administrative Procedural and Process-Related Code, or of the Committee's rules of procedure. */
export interface Article {
  readonly of: 'appc' | 'committee-rules'
  readonly numbers: string
}

export interface DeadlineRule {
  readonly id: DeadlineId
  readonly start: StartEvent
  /** The start is itself the last day of a term, and rests on the table of days off. */
  readonly startCounted?: true
  readonly length: Length
  /** Who must act until then: whoever files, or the body that must answer. */
  readonly binds: 'applicant' | 'addressee'
  /** The provision; absent where it is not established. */
  readonly article?: Article
  readonly mark: Mark
  /** First day on which the rule is in force, where that matters. */
  readonly inForce?: Day
  /** Kazakhstan's courts and bodies move a last day that is a day off; the rule of the Committee names no such move. */
  readonly moves: boolean
}

export const DEADLINE_IDS = [
  'request-answer',
  'complaint',
  'complaint-after-silence',
  'complaint-decision',
  'claim-after-answer',
  'claim-after-no-decision',
  'claim-after-learning',
  'by-law-claim',
  'appeal',
  'cassation',
  'committee-after-exhaustion',
  'committee-after-procedure',
] as const
export type DeadlineId = (typeof DEADLINE_IDS)[number]

/** Terms of the ways a case may go. Source and reasons: docs/methods/deadlines.md. */
export const DEADLINE_RULES = [
  {
    id: 'request-answer',
    start: 'request-sent',
    length: { kind: 'working-days', count: 15 },
    binds: 'addressee',
    mark: 'lawyer-must-confirm',
    moves: false,
  },
  {
    id: 'complaint',
    start: 'restriction-learned',
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '91–100' },
    mark: 'lawyer-must-confirm',
    moves: true,
  },
  {
    id: 'complaint-after-silence',
    start: 'request-unanswered',
    startCounted: true,
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '91–100' },
    mark: 'lawyer-must-confirm',
    moves: true,
  },
  {
    id: 'complaint-decision',
    start: 'complaint-filed',
    length: { kind: 'working-days', count: 20 },
    binds: 'addressee',
    article: { of: 'appc', numbers: '91–100' },
    mark: 'lawyer-must-confirm',
    moves: false,
  },
  {
    id: 'claim-after-answer',
    start: 'complaint-answered',
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '136' },
    mark: 'confirmed',
    moves: true,
  },
  {
    id: 'claim-after-no-decision',
    start: 'complaint-undecided',
    startCounted: true,
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '136' },
    mark: 'lawyer-must-confirm',
    moves: true,
  },
  {
    id: 'claim-after-learning',
    start: 'restriction-learned',
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '136' },
    mark: 'confirmed',
    moves: true,
  },
  {
    id: 'by-law-claim',
    start: 'by-law-learned',
    length: { kind: 'months', count: 3 },
    binds: 'applicant',
    article: { of: 'appc', numbers: '135-1, 136(3-1)' },
    mark: 'confirmed',
    inForce: '2025-12-29' as Day,
    moves: true,
  },
  {
    id: 'appeal',
    start: 'first-judgment',
    length: { kind: 'working-days', count: 10 },
    binds: 'applicant',
    mark: 'lawyer-must-confirm',
    moves: false,
  },
  {
    id: 'cassation',
    start: 'appeal-judgment',
    length: { kind: 'unknown' },
    binds: 'applicant',
    mark: 'lawyer-must-confirm',
    moves: true,
  },
  {
    id: 'committee-after-exhaustion',
    start: 'remedies-exhausted',
    length: { kind: 'years', count: 5 },
    binds: 'applicant',
    article: { of: 'committee-rules', numbers: '99(c)' },
    mark: 'confirmed',
    moves: false,
  },
  {
    id: 'committee-after-procedure',
    start: 'other-procedure-ended',
    length: { kind: 'years', count: 3 },
    binds: 'applicant',
    article: { of: 'committee-rules', numbers: '99(c)' },
    mark: 'confirmed',
    moves: false,
  },
] as const satisfies readonly DeadlineRule[]
