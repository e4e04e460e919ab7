import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-one-address',
  about:
    'One of two addresses of the page is silent from here and answers abroad: the service is interfered with in part.',
  censor: [{ kind: 'address', targets: ['20.10.1.10'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'tcp.timeout' },
}
