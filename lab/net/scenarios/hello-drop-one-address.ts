import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-one-address',
  about: 'A ClientHello with the name vanishes on the way to one of two addresses.',
  censor: [{ kind: 'hello', names: ['www.youtube-lab.net'], action: 'drop', only: ['20.10.1.110'] }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
