import type { MeasurementHead, Provenance } from '../../model/measurement.ts'
import type { Observation } from '../../model/observation.ts'
import type { Asn, Instant, Sha256 } from '../../model/units.ts'
import type { Kind, Verdict } from '../../model/verdict.ts'

/** One measurement with all that was derived from it. */
export interface Judged {
  readonly provenance: Provenance
  readonly leafIndex: number
  readonly head: MeasurementHead
  /** Id of data/services.json, or `web:<host>`. */
  readonly service: string
  readonly verdict: Verdict
  readonly observations: readonly Observation[]
}

export interface Period {
  readonly since: Instant
  /** Exclusive. */
  readonly until: Instant
}

export interface SeriesPoint {
  readonly id: Sha256
  readonly at: Instant
  readonly kind: Kind
  readonly mechanism?: string
  readonly layer?: string
  readonly log10Lr: number
  readonly testName: string
  readonly input?: string
  readonly channel: string
  readonly simulated: boolean
}

/** Counts of verdicts of one service on one network; no row at all is "no data". */
export interface MatrixCell {
  readonly service: string
  readonly asn: Asn
  readonly kinds: Readonly<Record<Kind, number>>
  readonly simulated: boolean
  /** Time of the latest measurement. */
  readonly latest: Instant
  /** Commonest mechanism among interfered verdicts. */
  readonly mechanism?: string
}

/** A judged measurement as stored; the raw bytes are the archive's. */
export interface StoredVerdict {
  readonly provenance: Provenance
  readonly leafIndex: number
  readonly head: MeasurementHead
  readonly service: string
  readonly verdict: Verdict
}

/** What the warehouse does to the world; everything in it is derived from the archive. */
export interface Warehouse extends AsyncDisposable {
  /** Adds or replaces by measurement id; a later insertion of the same id supersedes an earlier one. */
  insert(batch: readonly Judged[]): Promise<void>
  remove(id: Sha256): Promise<void>
  series(service: string, asn: Asn, period: Period): Promise<readonly SeriesPoint[]>
  matrix(period: Period): Promise<readonly MatrixCell[]>
  measurement(id: Sha256): Promise<StoredVerdict | undefined>
  observations(id: Sha256): Promise<readonly Record<string, unknown>[]>
  /** Leaves of the archive already stored: rebuild goes on from here. */
  storedLeaves(): Promise<number>
  hasSimulated(): Promise<boolean>
  /** Drops everything, to be made again from the archive. */
  clear(): Promise<void>
}
