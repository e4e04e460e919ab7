import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-both',
  about: 'Connections that carried the name move 130 kbit/s in either direction.',
  censor: [{ kind: 'throttle', names: ['youtube-lab.net'], kbit: 130, direction: 'both' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['tls.throttle.sni', 'throughput'] },
}
