import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'own-authority-interception',
  about: 'A service has an authority of its own, and here alone another unknown one has signed for its names.',
  services: ['signal', 'facebook', 'wikipedia'],
  world: [{ kind: 'origin', hosts: ['chat.signal-lab.net', 'storage.signal-lab.net'], state: 'own-authority' }],
  censor: [{ kind: 'interception', names: ['signal-lab.net'], certificate: 'valid' }],
  expected: { kind: 'interfered', service: 'signal', mechanism: 'tls.mitm' },
}
