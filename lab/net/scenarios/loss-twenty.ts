import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'loss-twenty',
  about: 'Twenty of a hundred packets are lost, of everything.',
  world: [{ kind: 'loss', percent: 20 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
