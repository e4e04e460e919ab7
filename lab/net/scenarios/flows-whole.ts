import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'flows-whole',
  about: 'Our own servers stand in three networks, and all of their flows come whole.',
  services: ['wikipedia'],
  censor: [],
  world: [{ kind: 'more-controls' }],
  expected: { kind: 'reachable' },
}
