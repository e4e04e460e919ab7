import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-reset',
  about: 'Connections to the addresses of the page are reset with their first data, under any name.',
  censor: [{ kind: 'address', targets: ['www.facebook-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'facebook', mechanism: ['tcp.reset', 'tls.reset'] },
}
