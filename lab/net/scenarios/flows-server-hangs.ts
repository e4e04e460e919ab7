import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'flows-server-hangs',
  about: 'One of our own servers hangs after some kilobytes for everybody, as an overloaded one does.',
  services: ['wikipedia'],
  world: [{ kind: 'more-controls' }, { kind: 'control-hangs' }],
  expected: { kind: 'reachable' },
}
