import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-block-page',
  about: "The provider's resolver gives the address of the provider's own page.",
  censor: [
    { kind: 'lying-resolver', names: ['facebook-lab.net'], answer: { kind: 'addresses', addresses: ['45.10.3.80'] } },
  ],
  expected: { kind: 'interfered', service: 'facebook', mechanism: ['dns'] },
}
