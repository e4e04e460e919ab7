import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-bogon',
  about: 'A private address is forged on the way; the true answer arrives after it.',
  censor: [
    { kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['10.10.34.34'] } },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.injected', 'dns.bogon'] },
}
