/** Where a value is in what was given to us. */
export interface Position {
  /** File as given, or its path below the folder as given, or the URL. */
  readonly file: string
  /** Path inside archives, one part a nesting: `part.tar!member`. */
  readonly member?: string
  /** Line of the decompressed text, from 1. */
  readonly line: number
  /** Byte of the decompressed text at which the value begins, from 0. */
  readonly offset: number
}

/** One JSON value as its bytes without surrounding white space, or why there is none (codes: measured/not-taken.ts). */
export type Piece =
  | { readonly kind: 'value'; readonly bytes: Uint8Array; readonly position: Position }
  | { readonly kind: 'reject'; readonly position: Position; readonly code: string; readonly detail: string }

export interface ReadLimits {
  /** Largest single value in bytes; a larger one is rejected without being held in memory. */
  readonly valueBytes: number
  /** How many archives and compressions may be wrapped in one another. */
  readonly nesting: number
  /** Lines that are no JSON at all before a file without one value is given up. */
  readonly foreignLines: number
  /** Bytes read from a file at once. */
  readonly portionBytes: number
}

export const READ_LIMITS: ReadLimits = {
  valueBytes: 32 * 1024 * 1024,
  nesting: 4,
  foreignLines: 100,
  portionBytes: 256 * 1024,
}

/** `part.tar!member`, `:`, line: how a position is written for a person. */
export function formatPosition({ file, member, line, offset }: Position): string {
  return `${file}${member === undefined ? '' : `!${member}`}, line ${line}, byte ${offset}`
}
