import type { Clock } from '../runtime/clock.ts'
import type { Millis } from '../core/model/units.ts'

/**
 * What every measured operation is given. An operation never throws for the network: what happened is its outcome, with
 * our own limit as the failure `generic_timeout_error`. It throws only where `signal` aborts (the run ends: no outcome
 * is kept) or where it was called wrongly.
 */
export interface NetTools {
  readonly clock: Clock
  /** End of the run. */
  readonly signal: AbortSignal
  /** Longest time for this one operation. */
  readonly limit: Millis
  /** Longest time for a connection under it; `limit` where absent. */
  readonly connectLimit?: Millis
  /** Certificates trusted besides the bundled roots, PEM: for test labs. */
  readonly extraRoots?: readonly string[]
  /** Told of every connection of TCP once it is closed, whichever operation it served. */
  readonly onClosed?: (connection: ClosedConnection) => void
  /** Roots of Mozilla as Node bundles them are used where absent; never the system's store, which an owner may have changed. */
}

/** Payload that one connection of TCP moved, handshakes above it included. */
export interface ClosedConnection {
  readonly sent: number
  readonly received: number
  /** False where it was never established. */
  readonly stood: boolean
}

/** An address and port to which an operation goes; names are resolved by operations of their own. */
export interface Destination {
  readonly address: string
  readonly port: number
}
