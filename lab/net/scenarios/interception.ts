import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'interception',
  about: 'Handshakes with the name end at the provider under a certificate of an unknown authority.',
  censor: [{ kind: 'interception', names: ['youtube-lab.net'], certificate: 'valid' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.mitm' },
}
