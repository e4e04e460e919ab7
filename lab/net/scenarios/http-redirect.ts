import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'http-redirect',
  about: 'A request in cleartext is answered by a redirect to a notice, by its Host.',
  services: ['vlast', 'youtube', 'wikipedia'],
  censor: [{ kind: 'http', names: ['vlast-lab.net'], action: 'redirect' }],
  expected: { kind: 'interfered', service: 'vlast', mechanism: ['http.redirect', 'http.blockpage'] },
}
