import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-residual-core',
  about: 'A name silences its address for eight seconds, and little is measured.',
  scope: 'core',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop', residual: { tuple: 3, seconds: 8 } }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout' },
}
