import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-down-after-hello',
  about: 'The service accepts connections and answers no handshake, to nobody.',
  world: [
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'after-hello',
    },
  ],
  expected: { kind: 'unreachable or inconclusive', service: 'youtube' },
}
