import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-expired-certificate',
  about: "The service's own certificate has expired, for everybody.",
  world: [
    {
      kind: 'origin',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      state: 'expired-certificate',
    },
  ],
  expected: { kind: 'unreachable or inconclusive', service: 'youtube' },
}
