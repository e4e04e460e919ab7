import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-syn-limit',
  about: 'The owner’s router lets ten new connections a second pass and drops the rest.',
  world: [
    {
      kind: 'rules',
      place: 'gateway',
      filter: [
        'FORWARD -i lan0 -p tcp --syn -m limit --limit 10/s --limit-burst 10 -j ACCEPT',
        'FORWARD -i lan0 -p tcp --syn -j DROP',
      ],
    },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
