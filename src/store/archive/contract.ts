import type { EntryKind, OtherEntryKind } from '../../core/model/log-entry.ts'
import type { Provenance } from '../../core/model/measured/measurement.ts'
import type { Instant, Sha256 } from '../../core/model/units.ts'

/** One measurement to be kept: its bytes as received and the digest of its public form. */
export interface ArchiveItem {
  readonly provenance: Provenance
  readonly bytes: Uint8Array
  readonly publicSha256: Sha256
  /** `bytes` as one zstd frame, where a worker of ours has compressed them already; trusted, and the id with it. */
  readonly frame?: Uint8Array
}

/** A measurement that a worker of ours, which had its bytes, has made ready: trusted, and the id with it. */
export interface SealedItem extends Pick<ArchiveItem, 'provenance' | 'publicSha256'> {
  /** Length of the measurement as received, and its one zstd frame. */
  readonly size: number
  readonly frame: Uint8Array
  /** Drawn for this item alone (seal.ts), and SHA-256 of salt and measurement. */
  readonly salt: Uint8Array
  readonly original: Sha256
}

/** `known`: already archived; `barred`: these very bytes were erased and may not come back. */
export type Appended =
  | { readonly kind: 'added'; readonly leafIndex: number }
  | { readonly kind: 'known'; readonly leafIndex: number }
  | { readonly kind: 'barred' }

export type Archived =
  | {
      readonly kind: 'blob'
      readonly leafIndex: number
      readonly provenance: Provenance
      readonly salt: Uint8Array
      readonly bytes: Uint8Array
    }
  | { readonly kind: 'erased'; readonly leafIndex: number; readonly erasedAt: Instant; readonly reason: string }
  | ArchivedEntry

/** A measurement as it is on the disk, for a thread that opens its frame. */
export interface Framed {
  readonly kind: 'frame'
  readonly leafIndex: number
  readonly provenance: Provenance
  /** One zstd frame, whose checksum holds; valid until the next is asked for. */
  readonly frame: Uint8Array
  /** Length of what is in it. */
  readonly size: number
}

/** What the log holds besides measurements (docs/formats/log.md): readers of measurements skip it. */
export interface ArchivedEntry {
  readonly kind: 'entry'
  readonly entry: OtherEntryKind
  readonly leafIndex: number
  readonly receivedAt: Instant
  readonly salt: Uint8Array
  readonly bytes: Uint8Array
}

/** What a leaf of the log says; encoded by core/evidence/log/leaf-record.ts, which this module may not import. */
export interface Leaf {
  readonly kind: EntryKind
  /** SHA-256 of salt and bytes. */
  readonly original: Sha256
  /** SHA-256 of the public form of a measurement; of any other entry, of its bytes. */
  readonly public: Sha256
  /** Length of the bytes as received. */
  readonly size: number
}

export interface LeafCodec {
  encode(leaf: Leaf): Uint8Array
  /** Throws InputError for anything but the exact bytes of a leaf. */
  parse(bytes: Uint8Array): Leaf
}

/** How far an archive is durable at one point in time. Of earlier segments every byte is. */
export interface ArchiveLengths {
  readonly leaves: number
  /** The last segment, and how many bytes of it and of its leaf file count. */
  readonly segment: number
  readonly segmentBytes: number
  readonly leafBytes: number
}

/** What the archive does to the world. Formats and promises: docs/formats/archive.md. */
export interface Archive extends AsyncDisposable {
  /** Number of leaves. */
  readonly size: number
  /** Whether the last write failed. The next one tries again, from what was durable before. */
  readonly broken: boolean
  /** How far the files are durable, between two groups. Works also where the disk takes no writes. */
  lengths(): Promise<ArchiveLengths>
  /** Resolves when every item and its leaf record are on disk (group commit); results in the order of `items`. */
  append(items: readonly (ArchiveItem | SealedItem)[]): Promise<readonly Appended[]>
  /**
   * Keeps what is no measurement as a leaf of the same log, durable when resolved. The same bytes of the same kind are
   * kept once: their leaf is given again. An entry is never erased.
   */
  appendEntry(kind: OtherEntryKind, bytes: Uint8Array, at: Instant): Promise<{ readonly leafIndex: number }>
  /** Whether these bytes are archived or barred. */
  has(id: Sha256): Promise<boolean>
  /** Leaves whose bytes were erased, in no order: nothing derived from them may stay. */
  readonly erasedLeaves: readonly number[]
  read(id: Sha256): Promise<Archived | undefined>
  /** Leaf of a measurement; undefined where it is not here or was erased. */
  leafOf(id: Sha256): Promise<number | undefined>
  /** What stands behind a leaf; undefined beyond the last. */
  readLeaf(leafIndex: number): Promise<Archived | undefined>
  /** Leaf records as logged, of leaves from one to before another, as far as they are durable. */
  leaves(from: number, until: number): AsyncIterable<Uint8Array>
  /** Every leaf from `fromLeaf` on, in the order of the log; entries that are no measurements are among them. */
  scan(fromLeaf: number): AsyncIterable<Archived>
  /** The same without opening measurements: whether a frame holds what has the id is for the caller to look at. */
  frames(fromLeaf: number): AsyncIterable<Framed | Exclude<Archived, { kind: 'blob' }>>
  /** Overwrites frame, salt and bare digest; the leaf stays. Durable when resolved. */
  erase(id: Sha256, reason: string, at: Instant): Promise<void>
}
