import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'loss-thirty',
  about: 'Thirty of a hundred packets are lost, whatever they carry.',
  world: [{ kind: 'loss', percent: 30 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
