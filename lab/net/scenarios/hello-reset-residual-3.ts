import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-reset-residual-3',
  about: 'A reset answers the name, and every packet to the address and port vanishes for a while.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'reset', residual: { tuple: 3, seconds: 8 } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.reset' },
}
