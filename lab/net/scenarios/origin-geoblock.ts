import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-geoblock',
  about: 'The service itself refuses this country with status 403, under its own certificate.',
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'geoblock' }],
  expected: { kind: 'reachable' },
}
