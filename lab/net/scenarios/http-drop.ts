import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'http-drop',
  about: 'A request in cleartext vanishes by its Host.',
  services: ['vlast', 'youtube', 'wikipedia'],
  censor: [{ kind: 'http', names: ['vlast-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'vlast', mechanism: 'http.timeout' },
}
