/** A file served as it is. The caller reads it and makes the tag, so that this module needs no disk. */
export interface Asset {
  /** Path below `/assets/`, such as `fonts/kuager-latin.woff2`. */
  readonly path: string
  readonly mediaType: string
  /** Strong entity tag with its quotation marks, from the digest of the bytes. */
  readonly etag: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** How to check a bundle by hand, as it is in bundles. */
export const BY_HAND_ASSET = 'VERIFY.md'

/** Media types of the kinds of files in assets/; a file of another kind is not served. */
export const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
}
