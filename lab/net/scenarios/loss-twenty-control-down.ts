import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'loss-twenty-control-down',
  about: 'A fifth of all packets is lost, and the control is down.',
  world: [
    { kind: 'loss', percent: 20 },
    { kind: 'control-down', how: 'silent' },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
