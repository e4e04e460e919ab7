import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-down-refused',
  about: 'The service refuses connections, to everybody.',
  world: [
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'refused',
    },
  ],
  expected: { kind: 'unreachable', service: 'youtube' },
}
