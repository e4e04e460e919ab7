import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-bogon-origin-down',
  about: 'The resolver gives a reserved address for a service that is down: the answer is forged all the same.',
  world: [
    {
      kind: 'origin-down',
      hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'],
      how: 'silent',
    },
  ],
  censor: [
    {
      kind: 'lying-resolver',
      names: ['youtube-lab.net'],
      answer: { kind: 'addresses', addresses: ['10.10.34.34'] },
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.bogon' },
}
