import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-drop-control-down',
  about: 'Addresses are silent and the control is down: nobody can tell.',
  world: [{ kind: 'control-down', how: 'refused' }],
  censor: [
    {
      kind: 'address',
      targets: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      action: 'drop',
    },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
