import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-own-firewall',
  about: 'A program on the owner’s machine refuses connections to the addresses of one service.',
  world: [
    {
      kind: 'rules',
      place: 'subscriber',
      filter: ['OUTPUT -d 20.10.1.0/24 -j REJECT --reject-with icmp-admin-prohibited'],
    },
  ],
  expected: { kind: 'unreachable or inconclusive', service: 'youtube' },
}
