import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'ipv6-address-dropped-no-ipv6',
  about: 'The address of IPv6 is dropped on a line that has none.',
  censor: [{ kind: 'address', targets: ['2a0e:2010:1::10'], action: 'drop' }],
  expected: { kind: 'reachable' },
}
