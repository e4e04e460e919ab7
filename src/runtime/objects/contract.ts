import type { Instant } from '../../core/model/units.ts'

/** An object as it was read. `etag` names this state of it; compared, never interpreted. */
export interface StoredObject {
  /** The whole object, or the range that was asked for. */
  readonly bytes: Buffer
  readonly etag: string
  /** Length of the whole object in bytes, also where a range was asked for. */
  readonly size: number
}

/** An object as a list names it. */
export interface ListedObject {
  readonly key: string
  readonly size: number
  readonly etag: string
}

/** A file to be stored, read as often as it takes; `size` bytes from its beginning, also where it grows meanwhile. */
export interface FileBody {
  readonly path: string
  readonly size: number
}

/** When an object may be stored: only where there is none, or only over the state with that etag. */
export type PutCondition = { readonly absent: true } | { readonly etag: string }

/**
 * `refused`: the condition does not hold; nothing was stored. An object that an earlier try of the same call stored,
 * whose answer was lost, is found by its bytes and is `stored`: what two writers must not both store has to differ.
 */
export type PutResult = { readonly kind: 'stored'; readonly etag: string } | { readonly kind: 'refused' }

/** Bytes that take the place of others of an object, whose length stays. */
export interface Patch {
  readonly at: number
  readonly bytes: Uint8Array
}

/** Called before each request that changes something, also before it is tried again; what it throws ends the call. */
export type BeforeWrite = () => void

/**
 * Objects by key: a bucket of S3 or a folder, chosen by an address (`openObjects()`). Keys are paths with `/`, relative
 * to the address, of letters, digits and `._~=@,+-`. Every call tries again what may pass (a cut connection, 503), within a bound, and then throws Fault
 * that names store and key, never a secret. A `put` that succeeded is durable as far as the store promises it.
 */
export interface ObjectStore extends AsyncDisposable {
  /** The address without secrets, for messages. */
  readonly name: string
  /** Undefined where there is no such object. A range ends where the object ends. */
  get(key: string, range?: { readonly from: number; readonly length: number }): Promise<StoredObject | undefined>
  /** Undefined where there is no such object. */
  head(key: string): Promise<ListedObject | undefined>
  /**
   * A condition is checked by the store itself, in one step with storing; with one, a body has at most 96 MiB. The store
   * refuses bytes that were damaged on their way.
   */
  put(key: string, body: Uint8Array | FileBody, condition?: PutCondition): Promise<PutResult>
  /** Keys that begin with a prefix, in the order of their bytes, from after `after` on. */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>
  /** Nothing happens where there is no such object. */
  remove(key: string): Promise<void>
  /**
   * Overwrites parts of an object; the rest is copied by the store itself. One writer per key at a time. Readers see the
   * old object or the new one, whole. Throws Fault where there is no such object.
   */
  patch(key: string, patches: readonly Patch[]): Promise<void>
  /** Whether the store keeps what is overwritten or removed: then an erasure erases nothing. */
  keepsVersions(): Promise<'no' | 'yes' | 'unknown'>
  /** Ends what writers that died before an instant left half stored; gives how many. */
  sweep(before: Instant): Promise<number>
}
