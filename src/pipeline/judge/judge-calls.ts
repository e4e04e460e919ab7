import type { Realm } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Sha256 } from '../../core/model/units.ts'
import type { Sighting } from '../../store/seen-values/contract.ts'
import type { EncodedRows } from '../../store/warehouse/contract.ts'

/** Values of one batch in its buffer, which both threads see and which neither writes until the answer has come. */
export interface JudgeCall {
  readonly buffer: SharedArrayBuffer
  /** Where each value begins and ends in the buffer. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  /** Digest of each value. */
  readonly ids: readonly Sha256[]
  readonly provenance: Omit<Provenance, 'id'>
  /** The one realm whose measurements are taken; absent: both are. */
  readonly realm?: Realm | undefined
}

/** Values that are archived already: only rows are wanted, neither frames nor digests of public forms. */
export interface JudgeArchivedCall extends Omit<JudgeCall, 'ids' | 'provenance' | 'realm'> {
  readonly provenances: readonly Provenance[]
  /** For each value that is a zstd frame, the length of what is in it. */
  readonly expandsTo: readonly (number | undefined)[]
  /** Whether they come from the disk: then each must have the digest of its id. */
  readonly isRead?: boolean
  /** For values that were read: their leaves, and the key under which what they brought is noted. */
  readonly noted?: { readonly leaves: readonly number[]; readonly secret: Uint8Array }
}

/**
 * What became of a value without a row: it says nothing that we decode, our own code broke on it, or it is not what was
 * archived.
 */
export type Unjudged =
  { readonly kind: 'undecoded' } | { readonly kind: 'broken'; readonly why: string } | { readonly kind: 'damaged' }

export interface JudgeArchivedReply {
  /** For each value, whether it was judged. */
  readonly outcomes: readonly ({ readonly kind: 'judged' } | Unjudged)[]
  /** What the values brought, where it was asked for. */
  readonly sightings: readonly Sighting[]
  /** As in JudgeReply. */
  readonly rows: EncodedRows
}

/** Asks for the realm of a measurement, which is the answer. */
export interface RealmCall {
  readonly bytes: Uint8Array
}

/** What became of one value. */
export type Outcome =
  | {
      readonly kind: 'judged'
      readonly id: Sha256
      readonly publicSha256: Sha256
      /** Length of its zstd frame in `frames`. */
      readonly frameBytes: number
      /** Where the value is not the bytes received (it was wrapped as a text): its own bytes. */
      readonly bytes?: Uint8Array
    }
  | { readonly kind: 'aside'; readonly code: string; readonly detail: string }
  | { readonly kind: 'reject'; readonly code: string; readonly detail: string }

export interface JudgeReply {
  readonly outcomes: readonly Outcome[]
  /** zstd frames of the judged values, one behind the other. */
  readonly frames: Uint8Array
  /** Rows of the judged values, whose leaves are their numbers from 0 on until `placeRows` knows better. */
  readonly rows: EncodedRows
}

/** What the thread is started with. */
export interface JudgeSetup {
  readonly fingerprintFiles: readonly string[]
  /** The thread gives way to the one that takes submissions. */
  readonly background?: true
}

/** The answer of our own thread: its shape is this file's, not one from outside. */
export const decodeJudgeReply = (value: unknown): JudgeReply => value as JudgeReply
export const decodeRealmReply = (value: unknown): Realm | undefined => value as Realm | undefined
export const decodeJudgeArchivedReply = (value: unknown): JudgeArchivedReply => value as JudgeArchivedReply
