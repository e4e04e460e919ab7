import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-unavailable',
  about: 'The service answers that it is not available for now, under its own certificate.',
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'unavailable' }],
  expected: { kind: 'reachable' },
}
