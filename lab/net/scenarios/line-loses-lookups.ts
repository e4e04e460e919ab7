import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-loses-lookups',
  about: 'A fourth of the packets to and from the resolver is lost.',
  world: [
    {
      kind: 'rules',
      place: 'gateway',
      filter: ['FORWARD -p udp --dport 53 -m statistic --mode random --probability 0.25 -j DROP'],
    },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
