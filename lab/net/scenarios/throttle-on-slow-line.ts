import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-on-slow-line',
  about: 'One name moves at 130 kbit/s on a line of 6 Mbit/s.',
  world: [{ kind: 'congestion', kbit: 6000 }],
  censor: [{ kind: 'throttle', names: ['media.youtube-lab.net'], kbit: 130, direction: 'down' }],
  expected: {
    kind: 'interfered',
    service: 'youtube',
    mechanism: ['throughput', 'tls.throttle'],
    others: 'not interfered',
  },
}
