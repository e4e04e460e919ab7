import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-reset-residual-minute',
  about: 'A name resets its connection and silences its address for a minute.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'reset', residual: { tuple: 3, seconds: 60 } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.reset.sni' },
}
