import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'outage-provider',
  about: 'Nothing passes the provider.',
  world: [{ kind: 'outage', where: 'provider' }],
  expected: { kind: 'line', state: 'down' },
}
