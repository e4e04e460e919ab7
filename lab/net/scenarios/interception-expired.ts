import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'interception-expired',
  about: 'Handshakes with the name end at the provider under a certificate that has expired as well.',
  censor: [{ kind: 'interception', names: ['facebook-lab.net'], certificate: 'expired' }],
  expected: { kind: 'interfered', service: 'facebook', mechanism: 'tls.mitm' },
}
