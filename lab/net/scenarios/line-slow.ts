import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-slow',
  about: 'The whole line has 256 kbit/s.',
  world: [{ kind: 'congestion', kbit: 256 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
