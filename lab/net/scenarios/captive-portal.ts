import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'captive-portal',
  about: 'A sign-in page answers in place of the internet.',
  world: [{ kind: 'captive-portal' }],
  expected: { kind: 'line', state: 'captive-portal' },
}
