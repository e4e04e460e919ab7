import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection',
  about: 'An answer with an address of nobody is forged on the way; the true one arrives after it.',
  censor: [
    { kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['20.20.200.1'] } },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.injected', 'dns.bogon', 'dns.forged'] },
}
