import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'clock-server-down',
  about: 'No clock on the network answers: the offset is learnt otherwise or stays unknown.',
  world: [{ kind: 'clock-server-down' }],
  expected: { kind: 'reachable' },
}
