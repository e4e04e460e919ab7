import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'resolver-down',
  about: "The line's resolver answers nobody: that is the line's fault.",
  world: [{ kind: 'resolver-down' }],
  expected: { kind: 'line', state: ['resolver-broken', 'down'] },
}
