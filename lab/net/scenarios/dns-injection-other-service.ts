import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-other-service',
  about: 'A forged answer gives the right address of another service in the same network.',
  censor: [
    {
      kind: 'dns-injection',
      names: ['youtube-lab.net'],
      answer: { kind: 'addresses', addresses: ['20.10.2.10'] },
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns' },
}
