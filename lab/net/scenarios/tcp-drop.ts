import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-drop',
  about: "Every packet to the service's addresses vanishes; addresses beside them answer.",
  censor: [
    {
      kind: 'address',
      targets: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      action: 'drop',
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tcp.timeout' },
}
