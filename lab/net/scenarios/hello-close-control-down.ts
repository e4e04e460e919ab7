import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-close-control-down',
  about: 'A name ends the connection, and the control is down: pairs stand by themselves.',
  world: [{ kind: 'control-down', how: 'silent' }],
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'close' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.close.sni' },
}
