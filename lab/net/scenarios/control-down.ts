import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'control-down',
  about: 'The control abroad refuses connections: what the line itself shows still counts.',
  world: [{ kind: 'control-down', how: 'refused' }],
  expected: { kind: 'reachable' },
}
