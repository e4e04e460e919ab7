import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-residual-5',
  about: 'After the name was seen, the rest of that connection vanishes both ways.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop', residual: { tuple: 5, seconds: 60 } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
