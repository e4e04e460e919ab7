import type { Mechanism } from './mechanism.ts'
import type { Instant, Sha256 } from '../units.ts'

/** What one half of a pair did. `none`: not tried, or nothing can be learnt from it. */
export const HALVES = ['ok', 'fail', 'none'] as const
export type Half = (typeof HALVES)[number]

/** What the target's half did; `slow` is a completed exchange far slower than this probe's own usual ratio. */
export const TARGET_HALVES = ['ok', 'slow', 'fail', 'none'] as const
export type TargetHalf = (typeof TARGET_HALVES)[number]

/** One measurement of a series as the detector takes it: a pair of exchanges of one probe (docs/methods/detecting.md). */
export interface Reading {
  readonly at: Instant
  /** Pseudonym of the device and line; '' if it is unknown who measured: never a second witness. */
  readonly probe: string
  readonly target: TargetHalf
  /** The control name to the same address, or the service seen from an uncensored vantage point in the same minute. */
  readonly control: Half
  /** Names never restricted, on other networks: whether the line itself works. */
  readonly canary: Half
  /** log10 of P(observation | hit) / P(observation | passed); absent: the table of the detector stands. */
  readonly log10Lr?: number
  /** Block page, known bogon, interception issuer: stands without a control. */
  readonly artefact: boolean
  readonly mechanism?: Mechanism
  /** ln of the target's handshake time over the control's, where both were timed. */
  readonly lnRatio?: number
  /** ln of the control's own handshake time in seconds, where it was timed beside the target. */
  readonly lnControl?: number
  /** On the regular schedule; a test started by hand is not, and never enters a coincidence. */
  readonly scheduled: boolean
  /** The measurement behind it. */
  readonly id?: Sha256
}
