import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-empty',
  about: "The provider's resolver says that the name has no address.",
  censor: [{ kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'empty' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns' },
}
