import type { Realm } from '../../core/model/log-entry.ts'
import type { Refusal, Verification } from '../../core/model/measured/submission.ts'
import type { Asn, CountryCode, Instant, Sha256 } from '../../core/model/units.ts'

/** Values of one measurement that are reported: one that brings more is made to fill the disk. */
export const MOST_BROUGHT = 500

/** One body as it goes to a thread, in the buffer of its batch. */
export interface SentBody {
  readonly start: number
  readonly end: number
  readonly encoding: string
  /** Address to search the document for; absent where there is none to search for. */
  readonly sender?: string
  readonly report?: string
}

export interface ReceiveCall {
  /** Seen by both threads; the other one writes nothing into it until the answer has come. */
  readonly buffer: SharedArrayBuffer
  readonly sent: readonly SentBody[]
  readonly now: Instant
  /** The one realm whose measurements are taken; absent: both are. */
  readonly realm?: Realm | undefined
  /** Key of the digests by which values are known again. */
  readonly secret: Uint8Array
}

/** What a thread found a body to be. */
export type FoundBody =
  | { readonly kind: 'refused'; readonly code: Refusal; readonly message: string }
  | {
      readonly kind: 'taken'
      readonly id: Sha256
      readonly publicSha256: Sha256
      /** Length of the measurement as received, and of its zstd frame in `sealed`. */
      readonly size: number
      readonly frameBytes: number
      /** SHA-256 of its salt and its bytes. */
      readonly original: Sha256
      /** Keys of the values that servers wrote in it. */
      readonly brought: readonly Uint8Array[]
      readonly at: Instant
      readonly testName: string
      readonly cc: CountryCode
      readonly asn: Asn
      readonly verification: Verification
      /** Public key of a valid signature, in base64, and its pseudonym. */
      readonly key?: string
      readonly pseudonym?: string
    }

export interface ReceiveReply {
  /** One for each body, in their order, as far as the thread came: it answers after a while and leaves the rest. */
  readonly found: readonly FoundBody[]
  /** Milliseconds of the processor that each of them took. */
  readonly spentMs: readonly number[]
  /** Of each that is taken, 16 bytes of salt and its zstd frame. */
  readonly sealed: Uint8Array
}

/** The answer of our own thread: its shape is this file's, not one from outside. */
export const decodeReceiveReply = (value: unknown): ReceiveReply => value as ReceiveReply
