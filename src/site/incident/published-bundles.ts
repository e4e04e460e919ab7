import type { Instant } from '../../core/model/units.ts'
import type { Lang } from '../../core/text/lang.ts'
import type { ByteRange } from '../../web/request/byte-range.ts'

/** A bundle that everyone may take. */
export interface PublishedBundle {
  /** Name of its bag: the file is `<name>.zip`. */
  readonly name: string
  readonly bytes: number
  readonly madeAt: Instant
  /** The incident that it is about, and which revision of it; absent of measurements alone. */
  readonly incident?: { readonly id: string; readonly revision: number }
  readonly simulated: boolean
  /** Languages of its exhibits. */
  readonly exhibits: readonly Lang[]
  /** SHA-512 of the file, hexadecimal. */
  readonly sha512: string
}

/** Where published bundles lie. */
export interface PublishedBundles {
  /** Those about an incident, newest first. */
  about(incident: string): Promise<readonly PublishedBundle[]>
  /** The one of a name; undefined for a name that is none of them. */
  find(name: string): Promise<PublishedBundle | undefined>
  /**
   * The bytes of one, as they lie there, or a part of them; undefined for a name that is none of them, `busy` while too
   * many are read.
   */
  open(name: string, part?: ByteRange): Promise<OpenedBundle | 'busy' | undefined>
  /** An exhibit out of one; undefined where it has none in that language. */
  exhibit(name: string, lang: Lang): Promise<Uint8Array | undefined>
  /** Looks at the next question whether there are others: one was made. */
  again(): void
}

export interface OpenedBundle {
  /** Of the whole file. */
  readonly bytes: number
  /** Read to its end or cancelled: until then a file is open. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Names that a bundle can have (docs/formats/bundle.md): nothing else is ever looked for. */
export const BUNDLE_NAME = /^[a-z0-9][a-z0-9._-]{0,98}[a-z0-9]$/
