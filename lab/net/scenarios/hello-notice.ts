import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-notice',
  about: 'A ClientHello with the name is answered by a redirect in cleartext.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'notice' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.injected' },
}
