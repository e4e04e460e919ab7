import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'large-packets-vanish',
  about: 'The path loses packets above 1,300 bytes towards the subscriber, of every name, and says so to no one.',
  world: [
    {
      kind: 'rules',
      place: 'gateway',
      filter: ['FORWARD -i wan0 -p tcp -m length --length 1301: -j DROP'],
    },
  ],
  expected: { kind: 'not interfered', reachable: 0 },
}
