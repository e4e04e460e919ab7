import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-refused',
  about: 'Connections to the addresses of the page are refused on the way.',
  censor: [{ kind: 'address', targets: ['www.youtube-lab.net'], action: 'refuse' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tcp.refused' },
}
