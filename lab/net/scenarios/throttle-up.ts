import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-up',
  about: 'Connections that carried the name send at 130 kbit/s and receive as ever: uploading alone is hindered.',
  censor: [{ kind: 'throttle', names: ['facebook-lab.net'], kbit: 130, direction: 'up' }],
  expected: { kind: 'interfered', service: 'facebook', mechanism: ['tls.throttle.sni', 'throughput'] },
}
