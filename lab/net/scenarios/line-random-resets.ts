import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-random-resets',
  about: 'Ten of a hundred packets with data are answered by a reset, under whatever name.',
  censor: [
    {
      kind: 'rules',
      filter: [
        'FORWARD -i acc0 -p tcp --dport 443 --tcp-flags PSH PSH -m statistic --mode random --probability 0.10 -j REJECT --reject-with tcp-reset',
      ],
    },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
