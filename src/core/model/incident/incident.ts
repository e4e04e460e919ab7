import type { CauseFinding } from './cause.ts'
import type { KnownOutage } from '../tables/others.ts'
import type { Mechanism } from '../measured/mechanism.ts'
import type { Asn, Instant, Sha256 } from '../units.ts'

/**
 * What an incident says: `restricted` and `partly-restricted` (more than 15 % of exchanges pass) by the chain of states,
 * `throttled` by the paired ratio, `insufficient` where it would not stand without some one device.
 */
export const INCIDENT_STATES = ['restricted', 'partly-restricted', 'throttled', 'insufficient'] as const
export type IncidentState = (typeof INCIDENT_STATES)[number]

/** Start or end of an incident as an interval. Bounds are absent where the series gives none (open start, running). */
export interface Edge {
  /** `dated`; `open`: before the first observation of the series (start) or after its last (end). */
  readonly kind: 'dated' | 'open'
  readonly median?: Instant
  readonly lo50?: Instant
  readonly hi50?: Instant
  readonly lo95?: Instant
  readonly hi95?: Instant
  /** Last open and first failed (start), last failed and first lasting open (end), along the most likely path. */
  readonly bracket: readonly [Instant | undefined, Instant | undefined]
  /** Median under rates that know no hour of the day. */
  readonly flatMedian?: Instant
}

/** A start with those of other networks and services taken into account (docs/methods/pooling.md). */
export interface PooledStart {
  /** Probability that it is shared with one of the others at least. */
  readonly together: number
  readonly median: Instant
  readonly lo50: Instant
  readonly hi50: Instant
  readonly lo95: Instant
  readonly hi95: Instant
  /** Ids of the others. */
  readonly incidents: readonly string[]
}

/** One point of the curve of P(restricted | all data). */
export interface CurvePoint {
  readonly at: Instant
  readonly p: number
}

/** A stretch of more than four intervals (of the schedule, or the series' own where it is sparser) without any observation. */
export interface Gap {
  readonly from: Instant
  readonly until: Instant
  /** Longest restriction that could hide in it with probability 5 % or more, minutes. */
  readonly couldHideMinutes: number
}

/** What another method says of the same series and window. */
export interface SecondOpinion {
  readonly method: 'cusum' | 'pelt' | 'bocpd' | 'four-failed'
  readonly start?: Instant
  readonly end?: Instant
}

/** The live alarm of an incident: when it was raised from what had been received by then. Provisional by nature. */
export interface Alarm {
  readonly raisedAt: Instant
  readonly clearedAt?: Instant
  /** Two probes stood behind it when it was raised, also without any one. */
  readonly floorMet: boolean
}

/** What the detector finds in one series; names and causes are added around it. Pure data, same input same bytes. */
export interface DetectedIncident {
  readonly state: IncidentState
  readonly running: boolean
  readonly start: Edge
  readonly end: Edge
  /**
   * Number of separate restrictions within the window: the most likely number, and the share of draws with exactly one.
   */
  readonly episodes: number
  readonly pOneEpisode: number
  readonly mechanism?: Mechanism
  readonly probes: number
  readonly probesFailed: number
  readonly readings: number
  readonly bursts: number
  readonly burstsFailed: number
  /** Share of target exchanges that fail inside, with its 95 % interval (probes resampled). */
  readonly share: { readonly value: number; readonly lo95: number; readonly hi95: number }
  /** Highest smoothed P(restricted). */
  readonly peak: number
  /** One device alone denies it and is counted as against: state, dates and curve are those without its readings. */
  readonly contradicted?: true
  /** Ratio of times and its interval, for throttling. */
  readonly slowdown?: { readonly value: number; readonly lo95: number; readonly hi95: number }
  /** By probe, ln of the ratio above which a reading of it was slow when the slowness began; only beside a `slowdown`. */
  readonly slowAbove?: Readonly<Record<string, number>>
  readonly curve: readonly CurvePoint[]
  readonly gaps: readonly Gap[]
  readonly alarm?: Alarm
  readonly opinions: readonly SecondOpinion[]
  /** Seed of every random draw in it. */
  readonly seed: number
}

/** Why a published incident has a further revision. */
export const REVISION_REASONS = [
  'first', // published for the first time
  'new-data', // measurements of its own time arrived or it went on
  'late-data', // measurements arrived after it had been taken for finished
  'erased-data', // measurements behind it were erased
  'revoked-data', // measurements behind it count no longer: the operator revoked the key of their sender
  'rules', // a new version of the rules
  'withdrawn', // the data no longer show it
  'review', // a person corrected it; `note` says what
] as const
export type RevisionReason = (typeof REVISION_REASONS)[number]

/** An incident as published: one revision of it. */
export interface Incident extends DetectedIncident {
  /** `youtube-as9198-20250115T1502Z`: service, network, first failed observation when first published. Never changes. */
  readonly id: string
  readonly service: string
  readonly asn: Asn
  readonly revision: number
  readonly revisedAt: Instant
  readonly reason: RevisionReason
  readonly note?: string
  readonly withdrawn: boolean
  readonly simulated: boolean
  readonly rulesVersion: string
  readonly cause: CauseFinding
  /** Outages near it that others measured, in which failures count as not measured; absent: none. */
  readonly outages?: readonly KnownOutage[]
  /** Never quoted instead of `start`; absent where no other incident began near it. */
  readonly pooledStart?: PooledStart
  readonly impact?: Impact
  /** Id of the episode over networks and services it belongs to. */
  readonly episode?: string
  /** Measurements in its window, failed and passed alike, by id; at most 2,000, the count is in `readings`. */
  readonly measurements: readonly Sha256[]
}

/** Incident that took the place of a withdrawn one: its note is an id then, and the words of a person otherwise. */
export const successorOf = ({ withdrawn, note }: Pick<Incident, 'withdrawn' | 'note'>): string | undefined =>
  withdrawn && note !== undefined && /^\S+$/.test(note) ? note : undefined

/** People affected, as bounds. Every input is a row with source and date (docs/methods/impact.md). */
export interface Impact {
  /** Lower 95 % bound over networks seen, and upper bound. */
  readonly atLeast: number
  readonly atMost: number
  readonly personHours: { readonly atLeast: number; readonly atMost: number }
  /** `enough`: two large networks with five probes each; else the figure is an order of magnitude. */
  readonly basis: 'enough' | 'thin'
  readonly inputs: readonly {
    readonly what: string
    readonly value: number
    readonly source: string
    readonly asOf: string
  }[]
}

/** Incidents of one time grouped over networks and services. */
export interface Episode {
  readonly id: string
  readonly incidents: readonly string[]
  readonly services: readonly string[]
  readonly asns: readonly Asn[]
  readonly start: Edge
  readonly end: Edge
  readonly mechanism?: string
  /** Plain rule found by a shallow tree over the matrix network × service: `services` on `asns` and nowhere else seen. */
  readonly rule: { readonly services: readonly string[]; readonly asns: readonly Asn[]; readonly exact: boolean }
}
