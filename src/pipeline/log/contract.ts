import type { Checkpoint } from '../../evidence/checkpoint.ts'
import type { VerifierKey } from '../../evidence/signed-note.ts'
import type { Instant } from '../../model/units.ts'

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

/**
 * The transparency log of one data folder: tiles over the leaves of its archive, and signed checkpoints. One at a time
 * holds it, as it holds the folder. Formats and promises: docs/formats/log.md.
 */
export interface TransparencyLog extends AsyncDisposable {
  readonly origin: string
  readonly simulated: boolean
  /** Folder that is served as it stands: `checkpoint`, `tile/…`. */
  readonly folder: string
  /** Every key that ever signed, the present one last. */
  readonly keys: readonly LogKey[]
  /** The newest checkpoint; undefined before the first entry is sequenced. */
  latest(): Promise<PublishedCheckpoint | undefined>
  /**
   * Takes every leaf that the archive holds into the tree and publishes a checkpoint over it: tiles, then the state, then
   * the signature, each durable before the next. Gives the newest checkpoint; signs nothing where nothing is new.
   */
  sequence(): Promise<PublishedCheckpoint | undefined>
  /** Proofs of leaves to one checkpoint, the latest where none is named. Throws InputError for a leaf it does not hold. */
  prove(leaves: readonly number[], checkpoint?: PublishedCheckpoint): Promise<readonly ProvenLeaf[]>
  /** Hashes that show that the tree of `newer` begins with that of `older`. */
  consistency(older: number, newer: number): Promise<readonly Uint8Array[]>
  /** Makes a new key, logs the change signed by both and signs with both from then on; gives the new key. */
  rotate(at: Instant): Promise<VerifierKey>
}
