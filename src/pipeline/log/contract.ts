import type { Checkpoint } from '../../core/evidence/log/checkpoint.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import type { VerifierKey } from '../../core/evidence/log/signed-note.ts'
import type { Instant } from '../../core/model/units.ts'

/** A key of the log and from which tree size on it signs. */
export interface LogKey {
  readonly key: VerifierKey
  readonly since: Instant
  /** First tree size it signed. */
  readonly fromSize: number
  /** From when on it signs no longer. */
  readonly until?: Instant
}

/** A checkpoint as it is served: signed note, cosignatures of witnesses included. */
export interface PublishedCheckpoint extends Checkpoint {
  readonly bytes: Uint8Array
}

/** A leaf with the proof that a checkpoint holds it. */
export interface ProvenLeaf {
  readonly leafIndex: number
  /** Canonical bytes of the leaf record. */
  readonly leaf: Uint8Array
  /** Whole `.tlog-proof` file, to the checkpoint asked for. */
  readonly proof: string
}

/** What was logged besides measurements. */
export interface LoggedEntry {
  readonly leafIndex: number
  readonly receivedAt: Instant
  readonly bytes: Uint8Array
}

/**
 * The transparency log of one data folder: tiles over the leaves of its archive, and signed checkpoints. One at a time
 * holds it, as it holds the folder. Formats and promises: docs/formats/log.md.
 */
export interface TransparencyLog extends AsyncDisposable {
  readonly origin: string
  readonly simulated: boolean
  /** Folder that is served unchanged: `checkpoint`, `tile/…`. */
  readonly folder: string
  /** Every key that ever signed, the present one last. */
  readonly keys: readonly LogKey[]
  /** Whether a write failed: nothing more is written then until the log is reopened. */
  readonly broken: boolean
  /** Of the machine that signs: it rises when another one takes over. */
  readonly generation: number
  /** Why this folder may not sign, as a part of a sentence; undefined while it may. Reading goes on meanwhile. */
  readonly refusal: string | undefined
  /** The newest checkpoint; undefined before the first entry is sequenced. */
  latest(): Promise<PublishedCheckpoint | undefined>
  /**
   * Takes every leaf that the archive holds into the tree and publishes a checkpoint over it: tiles, then the state,
   * then the signature, each durable before the next. Gives the newest checkpoint; signs nothing where nothing is new.
   */
  sequence(): Promise<PublishedCheckpoint | undefined>
  /**
   * Appends what is not a measurement to the archive, durable when resolved; the same bytes of the same kind are logged
   * once. No checkpoint holds it before the next `sequence`.
   */
  append(kind: OtherEntryKind, bytes: Uint8Array, at: Instant): Promise<{ readonly leafIndex: number }>
  /** Every entry of a kind in the order of the log, also where no checkpoint holds it yet. */
  entries(kind: OtherEntryKind): AsyncIterable<LoggedEntry>
  /**
   * Serves the newest checkpoint with more signature lines under it. Throws InputError where the text is not that of
   * the newest, or a signature of the log itself is missing.
   */
  publishCosigned(checkpoint: Uint8Array): Promise<void>
  /**
   * Proofs of leaves to one checkpoint, the latest where none is named. Throws InputError for a leaf it does not hold.
   */
  prove(leaves: readonly number[], checkpoint?: PublishedCheckpoint): Promise<readonly ProvenLeaf[]>
  /** Hashes that show that the tree of `newer` begins with that of `older`. */
  consistency(older: number, newer: number): Promise<readonly Uint8Array[]>
  /** Makes a new key, logs the change signed by both and signs with both from then on; gives the new key. */
  rotate(at: Instant): Promise<VerifierKey>
  /** From now on only the newest key signs. */
  retire(at: Instant): Promise<void>
}
