import { asReviewed, type IncidentReview, type TakenIncident } from '../../core/model/incident/review.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'

type ShownJournal = Pick<IncidentStore, 'current' | 'revisions' | 'corrections' | 'episodes'>

/** What people did with incidents, as the site asks for it. */
export interface SiteReviews {
  of(incident: string): IncidentReview
  all(): readonly { readonly incident: string; readonly review: IncidentReview }[]
  /** Incidents without those acts: a check code leads to the page of one on hold as well. Absent: as in the lists. */
  readonly journal?: Pick<ShownJournal, 'current' | 'revisions'>
}

/** No person has reviewed anything, as on a site that was given no reviews. */
export const NO_REVIEWS: SiteReviews = { of: () => ({ standing: 'none', acts: [] }), all: () => [] }

/** Whether people have taken an incident from the public: its page says so, and nothing is passed on of it. */
export const isTaken = ({ standing }: IncidentReview): boolean => standing === 'held' || standing === 'withdrawn'

/** Part of the key of a picture that says so: a picture drawn before an act is not that drawn after it. */
export const takenKey = (taken: TakenIncident | undefined): string =>
  taken === undefined ? 'published' : `${taken.kind}-${taken.since}-${taken.by?.ends ?? ''}`

/**
 * Incidents as lists, feeds and states of cells have them: those on hold are left out, and those that people withdrew are
 * withdrawn; the list of corrections likewise, where each row keeps the time and the reason of its own revision. Revisions
 * stay those of the journal: what is hashed and cited is never changed by a person's act.
 */
export const reviewedIncidents = (incidents: ShownJournal, reviews: SiteReviews): ShownJournal => ({
  current: async () => (await incidents.current()).flatMap((one) => asReviewed(one, reviews.of(one.id)) ?? []),
  revisions: (id) => incidents.revisions(id),
  corrections: async () =>
    (await incidents.corrections()).flatMap((one) => {
      const shown = asReviewed(one, reviews.of(one.id))
      if (shown === undefined || shown === one) return shown ?? []
      return { ...one, withdrawn: true, running: false }
    }),
  episodes: () => incidents.episodes(),
})
