import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'live-only',
  about: 'Only the name of the host that takes live video is reset.',
  services: ['instagram', 'facebook', 'wikipedia'],
  censor: [{ kind: 'hello', names: ['live.instagram-lab.net'], action: 'reset' }],
  expected: { kind: 'interfered', service: 'instagram', mechanism: 'tls.reset.sni', partial: true },
}
