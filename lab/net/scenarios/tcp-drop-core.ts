import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-drop-core',
  about: 'The addresses of a page are silent, and little is measured.',
  scope: 'core',
  censor: [{ kind: 'address', targets: ['www.youtube-lab.net'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tcp.timeout' },
}
