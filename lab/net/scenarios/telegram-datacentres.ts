import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'telegram-datacentres',
  about: 'All datacentres are silent from here; the web opens.',
  censor: [
    {
      kind: 'address',
      targets: ['20.10.5.51', '20.10.5.52', '20.10.5.53', '20.10.5.54', '20.10.5.55'],
      action: 'drop',
    },
  ],
  expected: { kind: 'interfered', service: 'telegram', mechanism: 'tcp.timeout', partial: true },
}
