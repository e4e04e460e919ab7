import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'udp-443-dropped',
  about:
    'Everything to UDP port 443 vanishes, under any name, as behind many a home router: no finding about a service.',
  censor: [{ kind: 'quic-all' }],
  expected: { kind: 'not interfered', reachable: 2 },
}
