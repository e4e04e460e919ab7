import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'control-silent',
  about: 'The control abroad is silent.',
  world: [{ kind: 'control-down', how: 'silent' }],
  expected: { kind: 'reachable' },
}
