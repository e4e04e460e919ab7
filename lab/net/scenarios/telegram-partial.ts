import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'telegram-partial',
  about: 'Three of five datacentres are silent from here and answer abroad: partial is said.',
  censor: [{ kind: 'address', targets: ['20.10.5.51', '20.10.5.52', '20.10.5.53'], action: 'drop' }],
  expected: { kind: 'interfered', service: 'telegram', mechanism: 'tcp.timeout', partial: true },
}
