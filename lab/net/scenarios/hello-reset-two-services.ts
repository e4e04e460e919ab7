import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-reset-two-services',
  about: 'The names of two services are reset.',
  censor: [{ kind: 'hello', names: ['youtube-lab.net', 'facebook-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: ['youtube', 'facebook'], mechanism: 'tls.reset.sni' },
}
