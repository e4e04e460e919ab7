import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-refused-control-down',
  about: 'An origin refuses everybody, and the control is down.',
  world: [
    { kind: 'control-down', how: 'refused' },
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'refused',
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
