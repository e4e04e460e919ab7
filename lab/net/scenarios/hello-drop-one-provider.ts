import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-one-provider',
  about: 'The name is dropped at one provider alone: from the other everything opens.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
  second: { kind: 'reachable' },
}
