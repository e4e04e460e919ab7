/** What the site asks a proof of work for. */
export const SITE_WORK = ['report', 'check', 'saved-check'] as const
export type SiteWork = (typeof SITE_WORK)[number]

/** The price of a request; made in people/. A solution is taken once, and only for what it was asked for. */
export interface WorkDesk {
  /** A challenge for a page, as JSON that is sent as it is. */
  challenge(purpose: SiteWork): Promise<object>
  verify(solution: string, purpose: SiteWork): Promise<'done' | 'spent' | 'expired' | 'wrong'>
}
