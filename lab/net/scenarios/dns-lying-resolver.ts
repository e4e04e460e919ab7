import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'dns-lying-resolver',
  about: "The provider's resolver gives the address of a server that is somebody else's.",
  censor: [
    { kind: 'lying-resolver', names: ['youtube-lab.net'], answer: { kind: 'addresses', addresses: ['20.20.1.10'] } },
  ],
  expected: { kind: 'interfered', service: 'youtube', mechanism: ['dns'] },
}
