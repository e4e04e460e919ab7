import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-one-host',
  about: 'The resolver lies about one of three hosts.',
  censor: [
    {
      kind: 'lying-resolver',
      names: ['graph.facebook-lab.net'],
      answer: { kind: 'addresses', addresses: ['45.10.3.80'] },
    },
  ],
  expected: { kind: 'interfered', service: 'facebook', mechanism: 'dns', partial: true },
}
