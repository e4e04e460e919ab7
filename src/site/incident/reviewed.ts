import type { Incident } from '../../core/model/incident/incident.ts'
import {
  asReviewed,
  takingActs,
  type IncidentReview,
  type StandingAct,
  type TakenIncident,
} from '../../core/model/incident/review.ts'
import { momentBounds } from '../../core/model/moment.ts'
import type { Order, RowCorrection, Statement } from '../../core/model/tables/record.ts'
import type { Instant } from '../../core/model/units.ts'
import type { IncidentStore } from '../../store/incidents/contract.ts'
import type { SiteRecord } from './around.ts'

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

/** A hold or a withdrawal that took an incident from the public, with the newest revision of the incident. */
export interface TakingAct {
  readonly act: StandingAct
  readonly newest: Incident
}

/** Every such act on an incident of the journal, also on one of a single revision. */
export async function takingActsOf(
  incidents: Pick<ShownJournal, 'revisions'>,
  reviews: SiteReviews,
): Promise<readonly TakingAct[]> {
  const found: TakingAct[] = []
  for (const { incident, review } of reviews.all()) {
    const acts = takingActs(review)
    // A public server shows no simulated incident, and no act on one.
    const newest = acts.length === 0 ? undefined : (await incidents.revisions(incident)).at(-1)
    if (newest !== undefined) found.push(...acts.map((act) => ({ act, newest })))
  }
  return found
}

/** A correction of a public statement or a legal act, as an editor wrote it into the record. */
export type CorrectedRow = { readonly correction: RowCorrection; readonly at: Instant; readonly simulated: boolean } & (
  { readonly kind: 'statement'; readonly row: Statement } | { readonly kind: 'order'; readonly row: Order }
)

/** Every correction of the record. Acts are real also where the statements are simulated. */
export const correctedRows = (record: SiteRecord | undefined): readonly CorrectedRow[] => [
  ...(record?.statements ?? []).flatMap((row) =>
    (row.corrected ?? []).map(
      (correction) =>
        ({ kind: 'statement', row, correction, ...timeOf(correction), simulated: record?.simulated === true }) as const,
    ),
  ),
  ...(record?.orders ?? []).flatMap((row) =>
    (row.corrected ?? []).map(
      (correction) => ({ kind: 'order', row, correction, ...timeOf(correction), simulated: false }) as const,
    ),
  ),
]

const timeOf = ({ at }: RowCorrection): { readonly at: Instant } => ({ at: momentBounds(at).from })
