import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'line-connection-limit',
  about: 'The owner’s router bears twelve connections at once and drops the rest.',
  world: [
    {
      kind: 'rules',
      place: 'gateway',
      filter: ['FORWARD -i lan0 -p tcp --syn -m connlimit --connlimit-above 12 -j DROP'],
    },
  ],
  expected: { kind: 'not interfered', reachable: 1 },
}
