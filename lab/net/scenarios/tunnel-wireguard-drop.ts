import type { Scenario } from '../scenario.ts'

export const scenario: Scenario = {
  name: 'tunnel-wireguard-drop',
  about: 'The first packet of this protocol vanishes; payload of another shape reaches the same server and port.',
  services: ['protocol-openvpn', 'protocol-wireguard', 'protocol-tor', 'youtube'],
  censor: [{ kind: 'tunnel', protocol: 'wireguard', action: 'drop' }],
  expected: { kind: 'interfered', service: 'protocol-wireguard', mechanism: 'tunnel.timeout' },
}
