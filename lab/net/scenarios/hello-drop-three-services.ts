import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'hello-drop-three-services',
  about: 'Three of four services are dropped by name, while the names for comparison pass.',
  censor: [
    {
      kind: 'hello',
      names: ['youtube-lab.net', 'facebook-lab.net', 'telegram-lab.net', 'tme-lab.net'],
      action: 'drop',
    },
    { kind: 'quic', names: ['youtube-lab.net', 'facebook-lab.net'], action: 'drop' },
  ],
  expected: { kind: 'interfered', service: ['youtube', 'facebook', 'telegram'], mechanism: 'tls.timeout.sni' },
}
