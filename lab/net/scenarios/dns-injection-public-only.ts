import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-public-only',
  about: "Answers are forged on the way to public resolvers alone: whoever uses the provider's is not touched.",
  censor: [
    {
      kind: 'dns-injection',
      names: ['youtube-lab.net', 'facebook-lab.net'],
      answer: { kind: 'addresses', addresses: ['10.10.34.34'] },
      only: ['20.40.3.53', '20.40.5.53'],
    },
  ],
  expected: { kind: 'reachable' },
}
