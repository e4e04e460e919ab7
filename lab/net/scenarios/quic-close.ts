import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'quic-close',
  about: 'QUIC with the name is answered by a forged end of the connection; over TCP the service opens.',
  censor: [{ kind: 'quic', names: ['youtube-lab.net'], action: 'close' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'quic' },
}
