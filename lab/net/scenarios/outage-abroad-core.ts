import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'outage-abroad-core',
  about: 'In a core run as well: the country is cut off from abroad; what is at home answers.',
  scope: 'core',
  world: [{ kind: 'outage', where: 'abroad' }],
  expected: { kind: 'line', state: ['down', 'unstable'] },
}
