import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'loss-ten',
  about: 'Ten of a hundred packets are lost, of everything.',
  world: [{ kind: 'loss', percent: 10 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
