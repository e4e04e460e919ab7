import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-mild',
  about: 'One name moves at 3 Mbit/s on a line of 7: too little of a difference for one measurement.',
  world: [{ kind: 'congestion', kbit: 7000 }],
  censor: [{ kind: 'throttle', names: ['media.youtube-lab.net'], kbit: 3000, direction: 'down' }],
  expected: { kind: 'not interfered', reachable: 3 },
}
