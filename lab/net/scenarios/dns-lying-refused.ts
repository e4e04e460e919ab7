import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-refused',
  about: "The provider's resolver refuses to answer for the name alone.",
  censor: [{ kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'refused' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.refused', 'dns.servfail'] },
}
