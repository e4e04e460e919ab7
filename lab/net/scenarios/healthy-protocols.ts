import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'healthy-protocols',
  about: 'Nothing is wrong: all tunnel protocols reach their responders.',
  services: ['protocol-openvpn', 'protocol-wireguard', 'protocol-tor', 'youtube'],
  expected: { kind: 'reachable' },
}
