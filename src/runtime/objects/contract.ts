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

/** `refused`: the condition does not hold; nothing was stored. */
export type PutResult = { readonly kind: 'stored'; readonly etag: string } | { readonly kind: 'refused' }

/**
 * Objects by key: a bucket of S3 or a folder, chosen by an address (`openObjects()`). Keys are paths with `/`, relative
 * to the address. Every call tries again what may pass (a cut connection, 503), within a bound, and then throws Fault
 * that names store and key, never a secret. A `put` that succeeded is durable as far as the store promises it.
 */
export interface ObjectStore extends AsyncDisposable {
  /** The address without secrets, for messages. */
  readonly name: string
  /** Undefined where there is no such object. A range ends where the object ends. */
  get(key: string, range?: { readonly from: number; readonly length: number }): Promise<StoredObject | undefined>
  /** Undefined where there is no such object. */
  head(key: string): Promise<ListedObject | undefined>
  /** A condition is checked by the store itself, in one step with storing. */
  put(key: string, body: Uint8Array | FileBody, condition?: PutCondition): Promise<PutResult>
  /** Keys that begin with a prefix, in the order of their bytes, from after `after` on. */
  list(prefix: string, after?: string): AsyncIterable<ListedObject>
  /** Nothing happens where there is no such object. */
  remove(key: string): Promise<void>
}
