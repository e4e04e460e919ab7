import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'outage-abroad',
  about: 'The country is cut off from abroad; what is at home answers.',
  world: [{ kind: 'outage', where: 'abroad' }],
  expected: { kind: 'line', state: ['down', 'unstable'] },
}
