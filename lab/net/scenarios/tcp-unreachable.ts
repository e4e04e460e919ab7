import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-unreachable',
  about: 'The network answers that the addresses of the page cannot be reached.',
  censor: [{ kind: 'address', targets: ['www.youtube-lab.net'], action: 'unreachable' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tcp' },
}
