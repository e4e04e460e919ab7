import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-moved',
  about: 'The page has moved: a redirect under its own certificate.',
  world: [{ kind: 'origin', hosts: ['www.youtube-lab.net'], state: 'moved' }],
  expected: { kind: 'reachable' },
}
