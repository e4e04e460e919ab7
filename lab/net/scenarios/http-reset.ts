import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'http-reset',
  about: 'A request in cleartext is reset by its Host.',
  services: ['vlast', 'youtube', 'wikipedia'],
  censor: [{ kind: 'http', names: ['vlast-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'vlast', mechanism: 'http.reset' },
}
