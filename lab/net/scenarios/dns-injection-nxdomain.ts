import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-injection-nxdomain',
  about: 'On the way it is forged that the name does not exist; the true answer arrives after it.',
  censor: [{ kind: 'dns-injection', names: ['youtube-lab.net'], answer: { kind: 'nxdomain' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns.injected', 'dns.nxdomain'] },
}
