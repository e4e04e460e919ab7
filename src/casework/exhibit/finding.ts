import type { Incident } from '../../core/model/incident/incident.ts'
import type { BundleMeasurement, Program, Redactions } from '../../core/model/incident/bundle.ts'
import type { Operator } from '../../core/model/operator.ts'
import type { IncidentReview } from '../../core/model/incident/review.ts'
import type { Reading } from '../../core/model/measured/reading.ts'
import type { Instant } from '../../core/model/units.ts'
import type { NamedIncident } from '../../core/text/sentence/incident.ts'

/** A file of the bundle as the index of annexes names it. */
export interface AnnexFile {
  /** From the root of the bundle: `data/incident.json`. */
  readonly path: string
  /** SHA-512, 128 hexadecimal digits. */
  readonly sha512: string
  /** Index of its leaf in the log, where it has one. */
  readonly leaf?: number
  /** Pages, of a paper whose pages were counted. */
  readonly pages?: number
}

/** A series beside the incident's own, counted over the incident's window. */
export interface ComparedSeries {
  /** `network`: the same service on another network; `comparison`, `service`: another service on the same network. */
  readonly kind: 'network' | 'comparison' | 'service'
  readonly name: string
  readonly devices: number
  readonly measured: number
  readonly failed: number
}

/** What stands behind the time and the wholeness of the evidence. */
export interface LogFacts {
  readonly origin: string
  readonly size: number
  /** Verifier keys, the newest last. */
  readonly keys: readonly string[]
  /** Stamps that were verified, with the time that each authority gives. */
  readonly stamps: readonly { readonly authority: string; readonly at: Instant }[]
  /** Names of witnesses whose cosignatures were verified. */
  readonly witnesses: readonly string[]
  readonly custodyEvents: number
}

/** What every exhibit says, on any subject; plain data, from the files of the bundle that it belongs to. */
export interface ExhibitGround {
  /** Name of the bundle. */
  readonly id: string
  readonly madeAt: Instant
  /** Lines of `measurements.jsonl`. */
  readonly measurements: readonly BundleMeasurement[]
  /** Names or addresses that were tested. */
  readonly targets: readonly string[]
  /** Measuring programs with their versions, and how many measurements each made. */
  readonly software: readonly { readonly name: string; readonly count: number }[]
  readonly operator?: Operator
  readonly program: Program
  readonly log: LogFacts
  readonly redactions: Redactions
  /** Files of the bundle, the exhibit itself aside. */
  readonly annexes: readonly AnnexFile[]
}

/** Everything that the exhibit of an incident says. */
export interface ExhibitFinding extends NamedIncident, ExhibitGround {
  /** Readings of the incident's own series, in any order; those far from it are left out of the drawing. */
  readonly readings: readonly Reading[]
  readonly compared: readonly ComparedSeries[]
  /** Every revision up to this one, oldest first. */
  readonly revisions: readonly Incident[]
  readonly rederived: 'same' | 'differs' | 'not-done'
  /** Check code of the revision. */
  readonly code: string
  /** Acts of people on the incident that the bundle has, as they stand when it is made. */
  readonly review: IncidentReview
}

/** How much of each list a document shows; it gives the number of omitted entries, and where they are. */
export interface PageBudget {
  readonly items: number
  readonly against: number
  readonly compared: number
  readonly names: number
  /** Bars of the drawing, and so rows of its table. */
  readonly bars: number
  readonly annexes: number
  /** Letters of one name. */
  readonly letters: number
}

/** Rooms from wide to narrow: an exhibit takes the first in which it has five pages. */
export const ROOMS: readonly PageBudget[] = [
  { items: 30, against: 30, compared: 12, names: 12, bars: 24, annexes: 24, letters: 200 },
  { items: 24, against: 16, compared: 8, names: 8, bars: 18, annexes: 16, letters: 120 },
  { items: 16, against: 12, compared: 6, names: 6, bars: 14, annexes: 14, letters: 80 },
  { items: 10, against: 8, compared: 4, names: 4, bars: 12, annexes: 12, letters: 60 },
  { items: 6, against: 6, compared: 2, names: 2, bars: 8, annexes: 10, letters: 40 },
]

/** A name within its room. */
export const cut = (name: string, { letters }: PageBudget): string => {
  const all = [...name]
  return all.length <= letters ? name : `${all.slice(0, letters - 1).join('')}…`
}

/** The first of a list as one text, and how many more there are; `none` of an empty one. */
export function listed(names: readonly string[], room: PageBudget, none = ''): string {
  if (names.length === 0) return none
  const shown = names.slice(0, room.names).map((name) => cut(name, room))
  const left = names.length - shown.length
  return left === 0 ? shown.join('; ') : `${shown.join('; ')} (+${left})`
}
