import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-wrong-certificate',
  about: 'The service shows a certificate of another name, to everybody.',
  world: [
    {
      kind: 'origin',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      state: 'wrong-certificate',
    },
  ],
  expected: { kind: 'unreachable or inconclusive', service: 'youtube' },
}
