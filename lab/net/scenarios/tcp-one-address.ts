import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tcp-one-address',
  about:
    'One of two addresses of the page is silent from here and answers abroad: a person gets through by the other, and one silent address of several is no restriction.',
  censor: [{ kind: 'address', targets: ['20.10.1.10'], action: 'drop' }],
  expected: { kind: 'reachable' },
}
