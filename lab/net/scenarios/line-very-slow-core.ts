import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-very-slow-core',
  about: 'The whole line has 64 kbit/s, and little is measured.',
  scope: 'core',
  world: [{ kind: 'congestion', kbit: 64 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
