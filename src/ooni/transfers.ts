import type { Timing } from './timing.ts'

/** Bytes carried in a time, as a speed test reports them. */
export interface TransferRow extends Timing {
  readonly serverName?: string
  readonly direction: 'down' | 'up'
  readonly bytes: number
  /** Seconds. */
  readonly duration: number
}
