import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'own-authority',
  about:
    "A service's certificates are signed by an authority of its own: every check fails, and everybody sees the same.",
  services: ['signal', 'facebook', 'wikipedia'],
  world: [{ kind: 'origin', hosts: ['chat.signal-lab.net', 'storage.signal-lab.net'], state: 'own-authority' }],
  expected: { kind: 'reachable' },
}
