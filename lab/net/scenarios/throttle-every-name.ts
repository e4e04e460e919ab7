import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'throttle-every-name',
  about: 'Everything under TLS moves at 300 kbit/s, whatever its name.',
  censor: [
    { kind: 'rules', mangle: ['POSTROUTING -o acc0 -p tcp --sport 443 -j CLASSIFY --set-class 1:30'] },
    { kind: 'throttle', names: ['www.tiktok-lab.net'], kbit: 300, direction: 'down' },
  ],
  expected: { kind: 'not interfered', reachable: 2 },
}
