import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-one-host-dead',
  about: 'One host of the service is dead for everybody: the page opens, nothing is interfered with.',
  world: [{ kind: 'origin-down', hosts: ['graph.facebook-lab.net'], how: 'refused' }],
  expected: { kind: 'reachable' },
}
