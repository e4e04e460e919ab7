import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-and-hello',
  about: 'The resolver lies, and the name is dropped as well: the earliest layer is told.',
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['10.10.34.34'] } },
    { kind: 'hello', names: ['youtube-lab.net'], action: 'drop' },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: 'dns' },
}
