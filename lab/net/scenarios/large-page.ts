import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'large-page',
  about: 'A page of several megabytes comes as every page does.',
  services: ['youtube', 'wikipedia'],
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'large-page' }],
  expected: { kind: 'reachable' },
}
