import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'origin-one-address-dead',
  about: 'One of two addresses of the page is dead for everybody.',
  world: [{ kind: 'address-down', addresses: ['20.10.1.10'] }],
  expected: { kind: 'reachable' },
}
