import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'slow-handshake',
  about: 'A ClientHello with the name is held back for some seconds each time.',
  censor: [{ kind: 'slow-handshake', names: ['youtube-lab.net'], ms: 4500 }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.throttle.sni' },
}
