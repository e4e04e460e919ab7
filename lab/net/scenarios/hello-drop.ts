import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop',
  about: 'A ClientHello with the name vanishes; other names pass to the same address.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
