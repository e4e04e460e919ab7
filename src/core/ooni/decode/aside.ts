import type { AsideReason } from '../../model/measured/not-taken.ts'

/** What is kept and is no measurement of ours; the reasons: core/model/measured/not-taken.ts. */
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
