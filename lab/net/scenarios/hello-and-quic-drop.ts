import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-and-quic-drop',
  about: 'The name is dropped over TCP and over QUIC alike.',
  censor: [
    { kind: 'hello', names: ['youtube-lab.net'], action: 'drop' },
    { kind: 'quic', names: ['youtube-lab.net'], action: 'drop' },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
