import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'collector-down',
  about: 'The collector is silent: what was measured waits in the queue, and is judged here all the same.',
  world: [{ kind: 'collector-down' }],
  expected: { kind: 'reachable' },
}
