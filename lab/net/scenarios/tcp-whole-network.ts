import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-whole-network',
  about: 'A whole /24 is silent, neighbours included: by order or by a fault on the way, nobody can tell.',
  censor: [{ kind: 'rules', filter: ['FORWARD -d 20.10.1.0/24 -j DROP'] }],
  expected: { kind: 'inconclusive', service: 'youtube', mechanism: 'fault.path' },
}
