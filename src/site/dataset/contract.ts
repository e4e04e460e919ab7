import type { ByteRange } from '../../web/request/byte-range.ts'
import type { Instant } from '../../core/model/units.ts'
import type { FileForm, Table } from './columns.ts'

/** One file of a month. */
export interface DatasetFile {
  readonly name: string
  readonly table: Table
  readonly form: FileForm
  readonly rows: number
  readonly bytes: number
  /** Of the file as it is, in hexadecimal digits. */
  readonly sha256: string
}

/** How many rows differ from the version before. */
export interface RowChanges {
  readonly added: number
  readonly removed: number
  readonly changed: number
}

/**
 * Why a version was made: the first, or rows that differ from the version before. A measurement that was judged again
 * is a changed one; one that was erased, or whose sender was revoked, is a removed one.
 */
export type VersionReason =
  | { readonly kind: 'first' }
  | { readonly kind: 'changed'; readonly measurements: RowChanges; readonly incidents: RowChanges }

/** Files that were published of a finished month; those of the last version are there, of earlier ones their hashes. */
export interface DatasetVersion {
  readonly version: number
  readonly madeAt: Instant
  readonly reason: VersionReason
  readonly files: readonly DatasetFile[]
}

/** Files of one month of Astana. */
export interface DatasetMonth {
  /** `2026-10`. */
  readonly month: string
  readonly simulated: boolean
  /** Of a finished month, the oldest first; empty of the running one. */
  readonly versions: readonly DatasetVersion[]
  /** Files of the running month, which are made again every day. */
  readonly running?: { readonly asOf: Instant; readonly files: readonly DatasetFile[] }
  /** Rows of the last version were erased: its files are gone, and others are being made. */
  readonly isWithdrawn: boolean
}

/** Part of a file as it is read. */
export interface OpenedFile {
  readonly bytes: number
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
}

/** Files for researchers, made once in the background and kept. */
export interface DatasetShelf {
  /** The newest first; measured ones before simulated ones. */
  months(): Promise<readonly DatasetMonth[]>
  /** The next question looks again. */
  again(): void
  /** A file that can be downloaded. */
  find(name: string): Promise<DatasetFile | undefined>
  /** Reads a part of it; `busy` while too many files are read, by all or by this part of the network. */
  open(name: string, part: ByteRange, from?: string): Promise<OpenedFile | 'busy' | undefined>
}

/** Files of a month that can be downloaded now. */
export const filesOf = ({ versions, running, isWithdrawn }: DatasetMonth): readonly DatasetFile[] =>
  isWithdrawn ? [] : (versions.at(-1)?.files ?? running?.files ?? [])
