import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-control-down',
  about: 'The name is dropped while no control abroad answers: pairs to one address stand by themselves.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  world: [{ kind: 'control-down', how: 'refused' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
