import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-down-silent',
  about: 'The service is silent, to everybody.',
  world: [
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'silent',
    },
  ],
  expected: { kind: 'unreachable', service: 'youtube' },
}
