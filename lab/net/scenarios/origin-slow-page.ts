import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-slow-page',
  about: 'The page arrives slowly, to everybody and under every name.',
  world: [
    {
      kind: 'origin',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      state: 'slow-page',
    },
  ],
  expected: { kind: 'reachable' },
}
