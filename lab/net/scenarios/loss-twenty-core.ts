import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'loss-twenty-core',
  about: 'A fifth of all packets is lost, and little is measured.',
  scope: 'core',
  world: [{ kind: 'loss', percent: 20 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
