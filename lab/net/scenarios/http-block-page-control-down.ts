import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'http-block-page-control-down',
  about: 'A request in cleartext is answered by a notice, and the control is down.',
  services: ['vlast', 'youtube', 'wikipedia'],
  world: [{ kind: 'control-down', how: 'refused' }],
  censor: [{ kind: 'http', names: ['vlast-lab.net'], action: 'page' }],
  expected: { kind: 'interfered', service: 'vlast', mechanism: 'http.blockpage' },
}
