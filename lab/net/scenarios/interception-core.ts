import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'interception-core',
  about: 'Certificates are forged, and little is measured.',
  scope: 'core',
  censor: [{ kind: 'interception', names: ['youtube-lab.net'], certificate: 'valid' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.mitm' },
}
