import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-nxdomain-control-down',
  about: 'The resolver denies a name, and the control is down: an encrypted resolver tells.',
  world: [{ kind: 'control-down', how: 'refused' }],
  censor: [{ kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'nxdomain' } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns.nxdomain' },
}
