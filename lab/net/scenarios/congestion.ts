import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'congestion',
  about: 'The whole line is slow: both halves of every pair suffer alike.',
  world: [{ kind: 'congestion', kbit: 512 }],
  expected: { kind: 'not interfered', reachable: 0 },
}
