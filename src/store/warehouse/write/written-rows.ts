import type { MeasurementHead, Provenance } from '../../../core/model/measured/measurement.ts'
import type { Observation } from '../../../core/model/measured/observation.ts'
import type { Verdict } from '../../../core/model/measured/verdict.ts'
import type { Asn, Instant, Sha256 } from '../../../core/model/units.ts'

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

/** Where a measurement is in the tables. A leaf of the log and a measurement are one to one. */
export interface RowKey {
  readonly leafIndex: number
  readonly id: Sha256
  readonly service: string
  readonly asn: Asn
  readonly startedAt: Instant
}

/** Columns of one block in ClickHouse's Native format; see rows.ts. */
export interface EncodedBlock {
  readonly rows: number
  readonly columns: readonly string[]
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Judged measurements made ready in a worker thread; plain data, buffers can be transferred. */
export interface EncodedRows {
  readonly keys: readonly RowKey[]
  readonly verdicts: EncodedBlock
  readonly observations: EncodedBlock
}

/** Half-open range of leaves. */
export interface LeafRange {
  readonly from: number
  readonly until: number
}

/** A leaf that has no verdict: its blob was erased, its bytes are no measurement we can decode, or it is another entry of the log. */
export interface LeafWithoutVerdict {
  readonly leafIndex: number
  readonly state: 'erased' | 'undecoded' | 'entry'
}

/** Bytes on the disk of the rows that are read, of those that are made again, and what is free. */
export interface RowBytes {
  readonly read: number
  readonly made: number
  readonly free: number
}

/** The leaves of the archive; asked when no row is written any longer. */
export interface ArchivedLeaves {
  readonly size: number
  readonly erasedLeaves: readonly number[]
  /** Leaves below were looked at: of later ones, rows that are missing are carried over. */
  readonly looked: number
}
