import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-dead-name-redirect',
  about:
    'A name that no resolver abroad knows has an address at two resolvers of the provider, one of which answers in place of public ones.',
  world: [{ kind: 'lapsed', hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'] }],
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['20.20.1.10'] } },
    { kind: 'dns-redirect' },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.forged' },
}
