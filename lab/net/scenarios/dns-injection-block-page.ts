import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-block-page',
  about: "An address of the provider's own page is forged on the way.",
  censor: [
    { kind: 'dns-injection', names: ['facebook-lab.net'], answer: { kind: 'addresses', addresses: ['45.10.3.80'] } },
  ],
  expected: { kind: 'interfered', service: 'facebook', mechanism: ['dns.injected', 'dns.blockpage', 'dns.forged'] },
}
