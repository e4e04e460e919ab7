import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'owner-tunnel',
  about: "The owner's own tunnel carries the traffic: it would tell of another network.",
  world: [{ kind: 'owner-tunnel' }],
  expected: { kind: 'line', state: 'tunnelled' },
}
