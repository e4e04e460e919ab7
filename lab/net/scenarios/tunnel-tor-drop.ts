import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tunnel-tor-drop',
  about: 'The first packet of this protocol vanishes; payload of another shape reaches the same server and port.',
  services: ['protocol-openvpn', 'protocol-wireguard', 'protocol-tor', 'youtube'],
  censor: [{ kind: 'tunnel', protocol: 'tor', action: 'drop' }],
  expected: { kind: 'interfered', service: 'protocol-tor', mechanism: 'tunnel.timeout' },
}
