/**
 * Why a document is kept but is no measurement of ours: the sentence of each stands in text/.
 * `not-an-object` the JSON value is a list, a text or a number; `no-test-name` nothing says which test it is;
 * `no-test-keys` a test that left no result; `no-time` nothing says when it was made;
 * `report-frame` the opening or closing entry of a report of the 2010s, not one of its measurements.
 */
export const ASIDE_REASONS = ['not-an-object', 'no-test-name', 'no-test-keys', 'no-time', 'report-frame'] as const
export type AsideReason = (typeof ASIDE_REASONS)[number]

export interface Aside {
  readonly kind: 'aside'
  readonly reason: AsideReason
  /** Test name or other word that helps to find the cause; empty where there is none. Never personal. */
  readonly detail: string
}

export const setAside = (reason: AsideReason, detail = ''): Aside => ({
  kind: 'aside',
  reason,
  detail: detail.slice(0, 80),
})
