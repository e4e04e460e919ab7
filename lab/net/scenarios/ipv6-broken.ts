import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'ipv6-broken',
  about: 'The line has addresses of IPv6 and nothing passes by them: IPv4 decides.',
  world: [{ kind: 'ipv6-broken' }],
  expected: { kind: 'reachable' },
}
