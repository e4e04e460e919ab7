import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-reset-strict-server',
  about: 'The name is reset at a server that refuses every other name with an alert: an alert is an answer.',
  services: ['signal', 'youtube', 'wikipedia'],
  censor: [{ kind: 'hello', names: ['signal-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'signal', mechanism: 'tls.reset.sni' },
}
