import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-down',
  about: 'Connections that carried the name receive at 130 kbit/s; under other names the same address is fast.',
  censor: [{ kind: 'throttle', names: ['youtube-lab.net'], kbit: 130, direction: 'down' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['tls.throttle.sni', 'throughput'] },
}
