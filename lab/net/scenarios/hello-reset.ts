import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-reset',
  about: 'A ClientHello with the name is answered by a reset.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.reset.sni' },
}
