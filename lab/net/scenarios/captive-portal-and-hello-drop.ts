import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'captive-portal-and-hello-drop',
  about: 'A sign-in page stands before a line that is also interfered with: nothing is said of the service.',
  world: [{ kind: 'captive-portal' }],
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'line', state: 'captive-portal' },
}
