import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-nxdomain',
  about: "The provider's resolver says that the name does not exist.",
  censor: [{ kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'nxdomain' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.nxdomain' },
}
