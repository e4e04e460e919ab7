import type { Instant } from '../../model/units.ts'
import type { NoteTools, VerifierKey } from '../log/signed-note.ts'
import type { CheckedStep } from './bundle-report.ts'

/** A digest over bytes that come piece by piece. */
export interface RunningDigest {
  update(bytes: Uint8Array): void
  digest(): Uint8Array
}

/** As much of an `AbortSignal` as is asked here. */
export interface Stop {
  readonly aborted: boolean
  throwIfAborted(): void
}

export type DigestName = 'sha256' | 'sha512'

/** What a verifier is given of the machine: cryptography, the time, and whom the reader trusts. */
export interface BundleTools extends NoteTools {
  readonly openDigest: (name: DigestName) => RunningDigest
  /** Digest of a whole file that is in memory, where the machine has a faster way. */
  readonly digestWhole?: (name: DigestName, bytes: Uint8Array) => Promise<Uint8Array>
  readonly now: Instant
  /** Keys of the log that the reader got elsewhere and trusts; none if the reader named none. */
  readonly trusted: readonly VerifierKey[]
  /** The reader's own policy of witnesses; where absent the bundle's counts. */
  readonly policy?: Uint8Array
  readonly signal: Stop
  readonly onStep?: (step: CheckedStep) => void
  /** Bytes read so far of all bytes, now and then. */
  readonly onProgress?: (done: number, total: number) => void
}
