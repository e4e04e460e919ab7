import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'quic-drop',
  about: 'QUIC with the name vanishes; over TCP the service opens.',
  censor: [{ kind: 'quic', names: ['youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'quic.timeout.sni' },
}
