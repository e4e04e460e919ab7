import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-core',
  about: 'The resolver gives the address of a notice, and little is measured.',
  scope: 'core',
  censor: [
    {
      kind: 'lying-resolver',
      names: ['youtube-lab.net'],
      answer: { kind: 'addresses', addresses: ['45.10.3.80'] },
    },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns' },
}
