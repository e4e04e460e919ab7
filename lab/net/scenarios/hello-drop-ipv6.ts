import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-ipv6',
  about: 'The name is dropped over both families on a line that has both.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  world: [{ kind: 'ipv6' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
