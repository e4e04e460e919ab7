import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-dead-name-one-resolver',
  about:
    "A name that no resolver abroad knows has an address at the provider's resolver alone: it may have remembered it.",
  world: [{ kind: 'lapsed', hosts: ['www.youtube-lab.net', 'media.youtube-lab.net', 'upload.youtube-lab.net'] }],
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['20.20.1.10'] } },
  ],
  expected: { kind: 'inconclusive', service: 'youtube' },
}
