import type { Realm } from '../../../core/model/log-entry.ts'
import type { Sha256 } from '../../../core/model/units.ts'

/** One measurement of an edge: its frame in the buffer of its batch, and what record and leaf say of it. */
export interface CheckItem {
  readonly start: number
  readonly end: number
  readonly size: number
  readonly id: Sha256
  readonly salt: Uint8Array
  readonly original: Sha256
}

export interface CheckCall {
  /** Seen by both threads; the other one writes nothing into it until the answer has come. */
  readonly buffer: SharedArrayBuffer
  readonly items: readonly CheckItem[]
  /** The one realm whose measurements are taken; undefined: both are. */
  readonly realm: Realm | undefined
  /** Key of the digests by which values are known again. */
  readonly secret: Uint8Array
}

/**
 * What a thread found a measurement to be. `wrong`: not the bytes that the leaf is of, so the copy that was read is
 * damaged. `refused`: the bytes that the edge logged, and they are not taken here.
 */
export type CheckedItem =
  | {
      readonly kind: 'taken'
      readonly publicSha256: Sha256
      /** Length of its zstd frame in `frames`. */
      readonly frameBytes: number
      readonly brought: readonly Uint8Array[]
    }
  | { readonly kind: 'wrong' | 'refused'; readonly why: string }

export interface CheckReply {
  /** One for each item, in their order. */
  readonly checked: readonly CheckedItem[]
  /** Frames of those that are taken, one behind the other, made here: none that another machine made is stored. */
  readonly frames: Uint8Array
}

/** The answer of our own thread: its shape is this file's, not one from outside. */
export const decodeCheckReply = (value: unknown): CheckReply => value as CheckReply
