import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-challenge',
  about: 'The service asks for a proof of being human, under its own certificate.',
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'challenge' }],
  expected: { kind: 'reachable' },
}
