import type { CellState } from '../../../core/model/cell-state.ts'
import type { ClaimReason } from '../../../core/model/incident/claim.ts'
import type { Incident } from '../../../core/model/incident/incident.ts'
import type { IncidentReview, TakenIncident } from '../../../core/model/incident/review.ts'
import type { ObservedOutage, OoniCount } from '../../../core/model/tables/others.ts'
import type { ClaimFinding } from '../../../core/model/tables/record.ts'
import type { Instant, Sha256 } from '../../../core/model/units.ts'
import { say } from '../../../core/text/format.ts'
import { headlineState, type HeadlineState, type NamedIncident } from '../../../core/text/sentence/incident.ts'
import type { Lang } from '../../../core/text/lang.ts'
import type { PublishedBundle } from '../published-bundles.ts'
import type { AxisView } from '../../charts/axis-marks.ts'
import type { MarkName } from '../../parts/mark.ts'

/** Starting points that a reader may choose, as odds of interference to fault, with their log10. */
export const PRIORS = {
  '1:100': -2,
  '1:20': -Math.log10(20),
  '1:5': -Math.log10(5),
  '1:1': 0,
  '5:1': Math.log10(5),
  '20:1': Math.log10(20),
  '100:1': 2,
} as const
export type Prior = keyof typeof PRIORS

/** A statement of the record next to an incident, in words of the page's language. */
export interface StatementEntry {
  /** Number on the time axis; absent where only a day is known. */
  readonly number?: number
  readonly when: string
  readonly who: string
  /** The words of the source in its quotation marks, or a summary without any. */
  readonly words: string
  readonly checked: boolean
  readonly claims: readonly {
    readonly text: string
    readonly finding: ClaimFinding
    readonly reason: ClaimReason
    /** Whether it says that no one took measures: who did is not a matter of measurement. */
    readonly ofActing: boolean
  }[]
}

/** An act of the record that names the service, in words of the page's language; days as the record has them. */
export interface ActEntry {
  readonly title: string
  readonly number?: string
  readonly checked: boolean
  readonly requested?: string
  readonly answered?: string
  readonly answer?: string
}

/** Where counts or outages of others come from. */
export interface OtherSource {
  readonly title: string
  readonly url?: string
  /** Day on which it was fetched. */
  readonly retrieved: string
  /** When the answer was received and the SHA-256 of its bytes, where a follower fetched it. */
  readonly at?: Instant
  readonly sha256?: string
  /** Rows that could not be read. */
  readonly setAside?: number
}

type Counts = Omit<OoniCount, 'service' | 'asn' | 'from' | 'until'>

/** What one file of OONI's says of the service around an incident. */
export interface OoniEntry {
  /** First and last instant that the counts span. */
  readonly days: { readonly from: Instant; readonly until: Instant }
  /** On the network of the incident. */
  readonly own?: Counts
  /** Of all networks, where the file does not distinguish them. */
  readonly together?: Counts
  /** On the other networks of the file. */
  readonly rest?: Counts & { readonly networks: number }
  readonly source: OtherSource
}

/** Outages of one file at the time of an incident. */
export interface OutageEntry {
  readonly outages: readonly ObservedOutage[]
  readonly source: OtherSource
}

/** What others measured at that time; empty: not checked. */
export interface OthersView {
  readonly ooni: readonly OoniEntry[]
  readonly ioda: readonly OutageEntry[]
  readonly radar: readonly OutageEntry[]
}

/** What the page of one incident shows: one revision, and what surrounds it. */
export interface IncidentView extends NamedIncident {
  /** The incident as its revision says: of texts that leave the site with the code, which is of that revision. */
  readonly quoted: NamedIncident
  /** Number of the newest revision. */
  readonly newest: number
  readonly revisions: readonly Incident[]
  /** What people did with it, and how it stands by that. */
  readonly review: IncidentReview
  /** Absent while its conclusion may be passed on. */
  readonly taken?: TakenIncident
  /** SHA-256 of the canonical JSON of this revision. */
  readonly digest: Sha256
  /** Short code of the digest, which leads back here. */
  readonly code: string
  /** Whether the server draws share cards. */
  readonly hasCard: boolean
  /** Absent where the series can no longer be read. */
  readonly axis?: AxisView
  /** The renderings of the axis as SVG; none where there is no axis. */
  readonly drawings: readonly string[]
  /** Measurements around it from unknown senders. */
  readonly apart: number
  /** Statements that may be about it. */
  readonly statements: readonly (StatementEntry & { readonly at: Instant })[]
  /** Statements of the same days in all, as the chronicle lists them. */
  readonly statementsOfDays: number
  readonly acts: readonly ActEntry[]
  readonly others: OthersView
  /** Published bundles about it, newest first. */
  readonly bundles: readonly PublishedBundle[]
  /** Whether the server makes bundles for the asking. */
  readonly hasDesk: boolean
  readonly prior: Prior
  /** The episode that it is in, with how many incidents that shows; absent: none. */
  readonly episode?: { readonly id: string; readonly total: number }
}

/** Words of a section: below the notice of a withdrawal, each section of what was withdrawn says that it is one. */
export const ofEdition = (
  lang: Lang,
  { withdrawn, reason }: Pick<Incident, 'withdrawn' | 'reason'>,
  text: string,
): string => (withdrawn ? say(lang, reason === 'review' ? 'review.former' : 'edition.former', { text }) : text)

const MARKS = {
  restricted: 'shut',
  'partly-restricted': 'part',
  throttled: 'slow',
  insufficient: 'unkn',
  withdrawn: 'none',
} satisfies Record<HeadlineState, CellState | 'slow'>

/** Mark of an incident: its shape says the state. */
export const incidentMark = (incident: Incident): MarkName => MARKS[headlineState(incident)]
