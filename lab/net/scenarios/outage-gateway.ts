import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'outage-gateway',
  about: 'Nothing passes the gateway.',
  world: [{ kind: 'outage', where: 'gateway' }],
  expected: { kind: 'line', state: 'down' },
}
