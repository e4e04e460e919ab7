import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'canaries-two-dead',
  about: 'Two of the names for comparison are dead for everybody.',
  world: [{ kind: 'address-down', addresses: ['20.30.3.10', '20.30.4.10'] }],
  expected: { kind: 'reachable' },
}
