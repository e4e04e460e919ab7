import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-bogon',
  about: "The provider's resolver gives a private address.",
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['10.10.34.34'] } },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.bogon' },
}
