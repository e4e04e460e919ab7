import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy-ipv6',
  about: 'Nothing is wrong on a line with both families.',
  world: [{ kind: 'ipv6' }],
  expected: { kind: 'reachable' },
}
