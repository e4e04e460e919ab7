import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-legal',
  about: 'The service withholds its page with status 451, under its own certificate.',
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'legal' }],
  expected: { kind: 'reachable' },
}
