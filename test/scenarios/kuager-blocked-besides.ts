import { INTERMEDIATE, LEAF } from '../kit/net/certificates.ts'
import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

const GOOGLE = '142.250.74.46'

const FORGED = '95.59.44.12'
const alone = (options: EndpointOptions) => kuagerDocument({ endpoints: [endpoint('www.youtube.com', options)] })

/** Protocols of tunnels, and what only several hosts or chains together tell. */
export const KUAGER_BLOCKED_BESIDES: readonly Scenario[] = [
  {
    name: 'kuager: the home’s resolver passes on an injected answer, and a public one’s question is answered twice',
    measurement: alone({
      addresses: [FORGED],
      tls: ['hxh', 'hxh'],
      page: null,
      listed: [FORGED],
      listedLate: [GOOGLE],
      doh: [GOOGLE],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.injected',
  },
  {
    name: 'kuager: the name is denied to the line, and a public resolver that is asked in the clear gives its address',
    measurement: alone({
      system: 'dns_nxdomain_error',
      listed: [GOOGLE],
      doh: [GOOGLE],
      addresses: [],
      control: { addresses: [GOOGLE] },
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'kuager: the address of a neighbour in the same network, which shows its own certificate to everybody',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', {
          system: ['142.250.74.99'],
          tls: { '142.250.74.99': ['+h+', '+h+'], '142.250.74.46': ['+++'] },
          control: { addresses: [GOOGLE] },
          page: null,
        }),
      ],
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.forged',
  },
  {
    name: 'kuager: OpenVPN is reset by its shape',
    measurement: kuagerDocument({
      service: 'openvpn-protocol',
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 1194,
          tunnel: { protocol: 'openvpn', transport: 'udp', halves: ['.+', '.+'] },
        }),
      ],
    }),
    kind: 'interfered',
    layer: 'tunnel',
    mechanism: 'tunnel.timeout.openvpn',
  },
  {
    name: 'kuager: WireGuard is dropped by its shape',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 51820,
          tunnel: { protocol: 'wireguard', transport: 'udp', halves: ['.+', '.+', '.+'] },
        }),
      ],
    }),
    kind: 'interfered',
    mechanism: 'tunnel.timeout.wireguard',
  },
  {
    name: 'kuager: Tor is reset by its shape',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('45.83.220.10', {
          use: 'tunnel',
          port: 9001,
          tunnel: { protocol: 'tor', transport: 'tcp', halves: ['r+', 'r+'] },
        }),
      ],
    }),
    kind: 'interfered',
    mechanism: 'tunnel.reset.tor',
  },
  {
    name: 'kuager: the resolver says that the name has no address',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', {
          system: 'dns_no_answer',
          doh: [GOOGLE],
          addresses: [],
          control: { addresses: [GOOGLE] },
        }),
      ],
    }),
    kind: 'interfered',
    mechanism: 'dns.empty',
  },
  {
    name: 'kuager: the name silences an address that two hosts of the service share',
    measurement: kuagerDocument({
      endpoints: [
        endpoint('www.youtube.com', { tls: ['+.u', '+.u'] }),
        endpoint('m.youtube.com', { tcp: { [GOOGLE]: 'generic_timeout_error' }, neighbour: '++' }),
      ],
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.timeout.sni',
  },
  {
    name: 'kuager: another chain than abroad, of a service with an authority of its own',
    measurement: kuagerDocument({
      service: 'signal',
      endpoints: [
        endpoint('chat.signal.org', {
          use: 'messages',
          addresses: ['76.223.92.165'],
          tls: ['hxh', 'hxh'],
          certificates: [LEAF, INTERMEDIATE],
          control: { tls: 'x+', http: null, digests: ['ab'.repeat(32)] },
        }),
      ],
    }),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
]
