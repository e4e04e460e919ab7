import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-residual-3',
  about: 'After the name was seen, every packet to the address and port vanishes for a while.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop', residual: { tuple: 3, seconds: 8 } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout' },
}
