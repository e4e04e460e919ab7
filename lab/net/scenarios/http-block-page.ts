import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'http-block-page',
  about: 'A request in cleartext is answered by a notice, by its Host.',
  services: ['vlast', 'youtube', 'wikipedia'],
  censor: [{ kind: 'http', names: ['vlast-lab.net'], action: 'page' }],
  expected: { kind: 'interfered', service: 'vlast', mechanism: 'http.blockpage' },
}
