import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-slow',
  about: 'Everything that the service sends is slow, under every name, for everybody.',
  world: [
    {
      kind: 'slow-origin',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      kbit: 130,
    },
  ],
  expected: { kind: 'not interfered', reachable: 3 },
}
