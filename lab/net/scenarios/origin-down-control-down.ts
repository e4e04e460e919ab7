import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-down-control-down',
  about: 'An origin and the control are silent at the same time: nobody can tell whose fault it is.',
  world: [
    { kind: 'control-down', how: 'silent' },
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'silent',
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
