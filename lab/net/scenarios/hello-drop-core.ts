import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-core',
  about: 'What is measured every quarter of an hour finds the name dropped, too.',
  scope: 'core',
  censor: [{ kind: 'hello', names: ['youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tls.timeout.sni' },
}
