import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-nxdomain-doh-dropped',
  about: 'The resolver denies a name, and the encrypted resolvers are dropped: the control tells.',
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'nxdomain' } },
    { kind: 'address', targets: ['20.40.1.1', '20.40.2.1'], action: 'drop' },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.nxdomain' },
}
