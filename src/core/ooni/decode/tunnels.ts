import type { TunnelObservation } from '../../model/measured/observation.ts'
import type { Failure } from '../../model/measured/failure.ts'
import type { Timing } from './timing.ts'

/** One attempt to bring a tunnel up. */
export interface TunnelRow extends Timing {
  readonly protocol: TunnelObservation['protocol']
  readonly transport?: 'tcp' | 'udp'
  readonly address?: string
  readonly port?: number
  /** Seconds until it was up. */
  readonly bootstrap?: number
  readonly progress?: number
  readonly shape?: TunnelObservation['shape']
  readonly failure?: Failure
}
