import type { Failure } from '../../model/measured/failure.ts'
import type { Timing } from './timing.ts'

/** Bytes carried in a time, as a speed test reports them. */
export interface TransferRow extends Timing {
  readonly serverName?: string
  readonly direction: 'down' | 'up'
  readonly bytes: number
  /** Seconds. */
  readonly duration: number
  readonly address?: string
  readonly port?: number
  readonly status?: number
  /** `[seconds, bytes so far]`. */
  readonly arrivals?: readonly (readonly [number, number])[]
  readonly failure?: Failure
}
