import { isCounted } from '../../core/derive/measured.ts'
import type { IncidentWindow } from '../../core/derive/window.ts'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import { instant, type Asn, type Instant, type Sha256 } from '../../core/model/units.ts'
import type { KeptRun } from '../judge/judge-calls.ts'

// Which measurements may lose their bytes: docs/methods/thinning.md. In doubt a measurement stays whole.

/** Why a measurement keeps its bytes; the first that applies. */
export const KEEP_REASONS = [
  'recent', // received too lately
  'unproven', // not under a checkpoint that a witness has cosigned and an authority has stamped
  'not-counted', // of a sender who is not known
  'named', // a bundle, an incident or an event of custody names it
  'near-check', // received within an hour of a check that a person saved
  'not-judged', // it says nothing that is judged, or is damaged
  'not-open', // its verdict is not that the service could be reached
  'not-scheduled', // it did not come by the schedule
  'near-incident', // of the service or the network of an incident, near its time
  'in-study', // of a service and a network that a pre-registered list asks about, in its period
  'not-the-same', // its rows could not be made again
  'drawn', // drawn as the one of its series and day
] as const
export type KeepReason = (typeof KEEP_REASONS)[number]

/** A time in which everything of a service, or of a network, stays. */
export interface KeptWindow extends IncidentWindow {
  readonly service: string
  readonly asn: Asn
}

/** What a pre-registered list asks about: services on networks, or on all of them, in a period. */
export interface KeptStudy extends IncidentWindow {
  readonly services: ReadonlySet<string>
  /** Empty: all. */
  readonly asns: ReadonlySet<Asn>
}

/** Around the widest window of an incident: a bundle begins 28 days before it at the latest, and looks two weeks on. */
export const BEFORE_INCIDENT_MS = 45 * DAY_MS
export const AFTER_INCIDENT_MS = 14 * DAY_MS
/** The youngest measurement that may be thinned, in months. */
export const LEAST_MONTHS = 12

/** What decides which measurements stay. */
export interface Keeping {
  /** Received from this time on. */
  readonly before: Instant
  /** Leaves that others have vouched for. */
  readonly proven: number
  /** Of every revision of every incident, withdrawn ones included; without the margins. */
  readonly incidents: readonly KeptWindow[]
  readonly studies: readonly KeptStudy[]
  /** Times of saved checks. */
  readonly checks: readonly Instant[]
  readonly ids: ReadonlySet<Sha256>
  readonly leaves: ReadonlySet<number>
  /** Runs of leaves that an event of custody names: from one to before another. */
  readonly ranges: readonly { readonly from: number; readonly until: number }[]
}

/** Decides which measurements stay whole. */
export class Keeper {
  readonly #keeping: Keeping
  readonly #byService: ReadonlyMap<string, readonly IncidentWindow[]>
  readonly #byAsn: ReadonlyMap<Asn, readonly IncidentWindow[]>
  readonly #checkHours: ReadonlySet<number>

  constructor(keeping: Keeping) {
    this.#keeping = keeping
    const windows = keeping.incidents.map((one): KeptWindow => ({
      ...one,
      from: instant(one.from - BEFORE_INCIDENT_MS),
      until: instant(one.until + AFTER_INCIDENT_MS),
    }))
    this.#byService = Map.groupBy(windows, ({ service }) => service)
    this.#byAsn = Map.groupBy(windows, ({ asn }) => asn)
    this.#checkHours = new Set(
      keeping.checks.flatMap((at) => [-1, 0, 1].map((hours) => Math.floor(at / HOUR_MS) + hours)),
    )
  }

  /** Why a measurement stays, by its record without its content. */
  byRecord(leaf: number, provenance: Provenance): KeepReason | undefined {
    const { before, proven, ids, leaves, ranges } = this.#keeping
    if (provenance.receivedAt >= before) return 'recent'
    if (leaf >= proven) return 'unproven'
    if (!isCounted(provenance)) return 'not-counted'
    const isNamed =
      ids.has(provenance.id) || leaves.has(leaf) || ranges.some(({ from, until }) => leaf >= from && leaf < until)
    if (isNamed) return 'named'
    return this.#isNearCheck(provenance.receivedAt) ? 'near-check' : undefined
  }

  /** Why a measurement stays, by what was judged of it. */
  byVerdict(run: KeptRun, { receivedAt }: Pick<Provenance, 'receivedAt'>): KeepReason | undefined {
    if (run.kind !== 'reachable') return 'not-open'
    if (!run.scheduled) return 'not-scheduled'
    // A probe says when it measured; its clock may be wrong.
    const times = [run.startedAt, receivedAt]
    if (times.some((at) => this.#isNearIncident(run, at))) return 'near-incident'
    if (this.#isNearCheck(run.startedAt)) return 'near-check'
    if (times.some((at) => this.#isStudied(run, at))) return 'in-study'
    return run.text === undefined ? 'not-the-same' : undefined
  }

  #isNearCheck(at: Instant): boolean {
    return this.#checkHours.has(Math.floor(at / HOUR_MS))
  }

  #isNearIncident({ service, asn }: KeptRun, at: Instant): boolean {
    const near = [...(this.#byService.get(service) ?? []), ...(this.#byAsn.get(asn) ?? [])]
    return near.some(({ from, until }) => at >= from && at <= until)
  }

  #isStudied({ service, asn }: KeptRun, at: Instant): boolean {
    return this.#keeping.studies.some(
      ({ services, asns, from, until }) =>
        services.has(service) && (asns.size === 0 || asns.has(asn)) && at >= from && at <= until,
    )
  }
}
