import type { CellState } from './cell-state.ts'
import type { Incident } from '../../model/incident.ts'
import type { ClaimFinding } from '../../model/record.ts'
import type { Sha256 } from '../../model/units.ts'
import type { HeadlineState } from '../../text/incident-keys.ts'
import { headlineState, type NamedIncident } from '../../text/incident-sentence.ts'
import type { AxisView } from '../charts/axis-marks.ts'
import type { MarkName } from './mark.ts'

/** Starting points that a reader may choose, as odds of interference to fault, with their log10. */
export const PRIORS = { '1:1': 0, '1:20': -Math.log10(20), '20:1': Math.log10(20) } as const
export type Prior = keyof typeof PRIORS

/** A statement of the record beside an incident, in words of the page's language. */
export interface StatementEntry {
  /** Number on the time axis; absent where only a day is known. */
  readonly number?: number
  readonly when: string
  readonly who: string
  /** The words of the source in its quotation marks, or a summary without any. */
  readonly words: string
  readonly checked: boolean
  readonly claims: readonly { readonly text: string; readonly finding: ClaimFinding }[]
}

/** What the page of one incident shows: one revision, and what stands around it. */
export interface IncidentView extends NamedIncident {
  /** Number of the newest revision. */
  readonly newest: number
  readonly revisions: readonly Incident[]
  /** SHA-256 of the canonical JSON of this revision. */
  readonly digest: Sha256
  /** Absent where the series can no longer be read. */
  readonly axis?: AxisView
  /** The renderings of the axis as SVG; none where there is no axis. */
  readonly drawings: readonly string[]
  /** Measurements around it by senders whom nobody knows. */
  readonly apart: number
  readonly statements: readonly StatementEntry[]
  readonly prior: Prior
}

const MARKS = {
  restricted: 'shut',
  'partly-restricted': 'part',
  throttled: 'slow',
  insufficient: 'unkn',
  withdrawn: 'none',
} satisfies Record<HeadlineState, CellState | 'slow'>

/** Mark of an incident: its shape says the state. */
export const incidentMark = (incident: Incident): MarkName => MARKS[headlineState(incident)]
