import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-one-host',
  about: 'Only the name of the media host is forged: the page opens, and the service is interfered with in part.',
  censor: [
    {
      kind: 'dns-injection',
      names: ['media.youtube-lab.net'],
      answer: { kind: 'addresses', addresses: ['10.10.34.34'] },
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.injected', 'dns.bogon'], partial: true },
}
