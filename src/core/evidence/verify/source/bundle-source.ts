import type { FoundProblem } from '../bundle-report.ts'

/** Limits against hostile input (docs/formats/bundle.md, "Verification"). */
export const LIMITS = {
  files: 1_000_000,
  totalBytes: 4 * 1024 ** 3,
  /** Of a file that is read whole. */
  wholeBytes: 64 * 1024 ** 2,
  /** Of one line of a file that is read by lines. */
  lineBytes: 16 * 1024 ** 2,
  /** UTF-16 units of a path. */
  pathLength: 300,
  depth: 16,
  jsonLevels: 200,
} as const

/**
 * Files of a bundle, named from its root, wherever they are: in a folder, in a zip, or chosen by a reader in a browser.
 * A source gives bytes and judges nothing but names and kinds; the code that made it has refused links and paths out of
 * it.
 */
export interface BundleSource {
  /** Size in bytes of each file by path (`data/bundle.json`). */
  readonly files: ReadonlyMap<string, number>
  /** Bytes of a file. Throws InputError for a path that is not in `files` and for more than `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array>
  /** Bytes of a file piece by piece, at most 1 MiB each. Throws InputError for a path that is not in `files`. */
  chunks(path: string): AsyncIterable<Uint8Array>
}

/** Bytes of which any stretch can be read: an open file, a `File` of a browser. */
export interface RandomAccess {
  readonly size: number
  /** Exactly `length` bytes from `offset` on, or fewer at the end. */
  read(offset: number, length: number): Promise<Uint8Array>
}

/** A container as it was opened. Without a source nothing in it could be read. */
export interface OpenedContainer {
  readonly kind: 'folder' | 'zip'
  /** Name of the folder, also of the one within a zip. Hostile text. */
  readonly name: string
  readonly source: BundleSource | undefined
  readonly problems: readonly FoundProblem[]
}

/**
 * What is at a path of a folder; what is neither a file nor a folder (a link, a device) is `other`, a folder below the
 * deepest that is read `too-deep`.
 */
export interface FolderEntry {
  /** From the root of the bundle, parts joined by `/`. */
  readonly path: string
  readonly kind: 'file' | 'other' | 'too-deep'
  readonly size: number
}
