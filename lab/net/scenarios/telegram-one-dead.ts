import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'telegram-one-dead',
  about: 'One datacentre of five is dead for everybody, and the control is down.',
  world: [
    { kind: 'address-down', addresses: ['20.10.5.53'] },
    { kind: 'control-down', how: 'refused' },
  ],
  expected: { kind: 'reachable' },
}
