import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy-home-resolver',
  about: "The line's resolver is the router in the home, and all is well.",
  world: [{ kind: 'home-resolver' }],
  expected: { kind: 'reachable' },
}
