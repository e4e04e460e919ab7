/**
 * What the person who brings a case is asked, in this order. The questions follow what decisions on blocked services
 * turned on: whether the person used the service actively, for what, what was lost, and whether anything equal was left
 * (Cengiz and Others v. Turkey against Akdeniz v. Turkey), and what the form of the Committee asks. Words of each:
 * `question.<id>` of messages/. An answer that is missing stays a visible blank in every paper.
 */
export const QUESTIONS = [
  { id: 'author-name', kind: 'text' },
  { id: 'author-kind', kind: 'choice', choices: ['person', 'organisation'] },
  { id: 'author-address', kind: 'text' },
  { id: 'author-contact', kind: 'text' },
  { id: 'author-nationality', kind: 'text' },
  { id: 'author-born', kind: 'day', first: 1900 },
  { id: 'representative', kind: 'text' },
  { id: 'anonymity', kind: 'yes-no' },
  { id: 'consent', kind: 'yes-no' },
  { id: 'service', kind: 'text' },
  { id: 'network', kind: 'text' },
  { id: 'contract', kind: 'text' },
  { id: 'place', kind: 'text' },
  { id: 'use', kind: 'text' },
  { id: 'use-since', kind: 'text' },
  { id: 'purpose', kind: 'text' },
  { id: 'profession', kind: 'text' },
  { id: 'audience', kind: 'text' },
  { id: 'first-failed', kind: 'day' },
  { id: 'learned', kind: 'day' },
  { id: 'learned-how', kind: 'text' },
  { id: 'harm', kind: 'text' },
  { id: 'substitute', kind: 'text' },
  { id: 'aim-given', kind: 'text' },
  { id: 'challenged', kind: 'text' },
  { id: 'by-law-learned', kind: 'day' },
  { id: 'court', kind: 'text' },
  { id: 'defendant', kind: 'text' },
  { id: 'defendant-address', kind: 'text' },
  { id: 'defendant-number', kind: 'text' },
  { id: 'other-remedies', kind: 'text' },
  { id: 'ineffective', kind: 'text' },
  { id: 'other-procedure', kind: 'yes-no' },
  { id: 'interim', kind: 'text' },
  { id: 'asked', kind: 'text' },
] as const satisfies readonly CaseQuestion[]

export type CaseQuestion =
  | { readonly id: string; readonly kind: 'text' | 'yes-no' }
  /** `first`: the earliest year, where days of a case may not lie so far back. */
  | { readonly id: string; readonly kind: 'day'; readonly first?: number }
  | { readonly id: string; readonly kind: 'choice'; readonly choices: readonly string[] }
export type QuestionId = (typeof QUESTIONS)[number]['id']

export const isQuestionId = (text: string): text is QuestionId => QUESTIONS.some(({ id }) => id === text)
