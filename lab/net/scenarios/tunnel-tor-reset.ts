import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tunnel-tor-reset',
  about: 'The handshake of Tor is reset; an ordinary handshake with the same server and port passes.',
  services: ['protocol-openvpn', 'protocol-wireguard', 'protocol-tor', 'youtube'],
  censor: [{ kind: 'tunnel', protocol: 'tor', action: 'reset' }],
  expected: { kind: 'interfered', service: 'protocol-tor', mechanism: 'tunnel.reset' },
}
