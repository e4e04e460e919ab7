import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-home-resolver',
  about:
    "Answers are forged on the way, and the home's router lets the first alone through: a second one is heard elsewhere.",
  world: [{ kind: 'home-resolver' }],
  censor: [
    { kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['20.20.200.1'] } },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.injected' },
}
