import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy-second-provider',
  about: 'Nothing is wrong at either provider; the second has no NAT, so the probe sees its own public address.',
  expected: { kind: 'reachable' },
  second: { kind: 'reachable' },
}
