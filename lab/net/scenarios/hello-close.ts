import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-close',
  about: 'A ClientHello with the name is answered by the end of the connection.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'close' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.close.sni' },
}
