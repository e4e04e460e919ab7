import type { FailureCode } from '../../../src/core/model/measured/failure.ts'
import type { TlsObservation } from '../../../src/core/model/measured/observation.ts'
import { seconds } from '../../../src/core/model/units.ts'

export interface PairWanted {
  /** Seconds that each half takes. */
  readonly target: number
  readonly control: number
  /** How the target's half ended; a certificate of another name by default, as from a server that answers any name. */
  readonly failure?: FailureCode
  /** Address of the control's half; the target's by default. */
  readonly controlAddress?: string
  /** Seconds between the control's end and the target's start. */
  readonly apart?: number
}

/** The handshakes of one pair as sni_blocking gives them: the innocent name first, then the name under test. */
export function pairRows(wanted: PairWanted): readonly [TlsObservation, TlsObservation] {
  const { target, control, failure = 'ssl_invalid_hostname', controlAddress, apart = 0.1 } = wanted
  const begins = 1 + control + apart
  return [
    { ...handshake('innocent', 'example.org', 1, 1 + control), address: controlAddress ?? ADDRESS },
    { ...handshake('target', 'www.youtube.com', begins, begins + target), failure: { code: failure, raw: failure } },
  ]
}

const ADDRESS = '93.184.215.14'

const handshake = (role: 'target' | 'innocent', name: string, began: number, ended: number): TlsObservation => ({
  kind: 'tls',
  source: `/test_keys/${role === 'target' ? 'target' : 'control'}/tls_handshakes/0`,
  side: 'probe',
  hop: 0,
  part: 'url',
  startedAt: seconds(began),
  endedAt: seconds(ended),
  name,
  role,
  address: ADDRESS,
  port: 443,
  family: 4,
  origin: 'unknown',
  certificates: [],
  chain: 'none',
  verified: role === 'innocent',
})
