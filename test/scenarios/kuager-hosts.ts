import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import type { Scenario } from './scenario.ts'

const FOUR = ['149.154.175.50', '149.154.167.51', '149.154.175.100', '149.154.167.91', '149.154.171.5']
const SIX = ['2001:b28:f23d:f001::a', '2001:67c:4e8:f002::a', '2001:b28:f23d:f003::a', '2001:67c:4e8:f004::a']
const ABROAD = { http: null, tls: '--' } as const

/** Members of the pool; `silent` ones do not connect, `dead` ones not from abroad either. */
const centres = (hosts: readonly string[], fate: 'open' | 'silent' | 'dead' = 'open'): ReturnType<typeof endpoint>[] =>
  hosts.map((host) =>
    endpoint(host, {
      use: 'datacenter',
      ...(fate === 'open' ? {} : { tcp: { [host]: 'generic_timeout_error' } }),
      ...(fate === 'silent' && !host.includes(':') ? { neighbour: '+' } : {}),
      control: fate === 'dead' ? { ...ABROAD, tcp: { [host]: 'generic_timeout_error' } } : ABROAD,
    }),
  )
const telegram = (...endpoints: ReturnType<typeof endpoint>[][]) =>
  kuagerDocument({ service: 'telegram', line: { ipv6: true }, endpoints: endpoints.flat() })

/** The web page, and a host of which the list says how sure it is. */
const twitter = (host: string, options: EndpointOptions, rest: Parameters<typeof kuagerDocument>[0] = {}) =>
  kuagerDocument({
    service: 'twitter',
    ...rest,
    endpoints: [
      endpoint('x.com', { addresses: ['162.159.140.229'] }),
      endpoint(host, { use: 'upload', addresses: ['104.244.42.5'], ...options }),
    ],
  })

const CHAT = '157.240.205.60'
/** A chat server that answers on the port of sites, and not on its own. */
const ofChat = (options: EndpointOptions) => {
  const server = { use: 'datacenter', addresses: [CHAT], tls: null, control: ABROAD } as const
  return kuagerDocument({
    service: 'whatsapp',
    endpoints: [
      endpoint('web.whatsapp.com', { addresses: ['157.240.205.61'] }),
      endpoint('e1.whatsapp.net', server),
      endpoint('e1.whatsapp.net', { ...server, port: 5222, tcp: { [CHAT]: 'generic_timeout_error' }, ...options }),
    ],
  })
}

/** Families of a pool, and hosts that may be dead: what is no interference. */
export const KUAGER_HOSTS_QUIET: readonly Scenario[] = [
  {
    name: 'kuager: no data centre answers over IPv6, each does over IPv4, the control abroad reaches both',
    measurement: telegram(centres(FOUR), centres(SIX, 'silent')),
    kind: 'reachable',
  },
  {
    name: 'kuager: data centres over IPv6 are silent, some of those over IPv4 are dead for everyone, two answer',
    measurement: telegram(centres(FOUR.slice(0, 2)), centres(FOUR.slice(2), 'dead'), centres(SIX, 'silent')),
    kind: 'reachable',
  },
  {
    name: 'kuager: data centres over IPv6 are dead for everyone',
    measurement: telegram(centres(FOUR), centres(SIX, 'dead')),
    kind: 'reachable',
  },
  {
    name: 'kuager: a host of which the list is not sure is reset, the page opens',
    measurement: twitter('upload.twitter.com', { tls: ['+r+', '+r+'] }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a host of which the list is not sure has a name without an address, here only',
    measurement: twitter('upload.twitter.com', {
      system: 'dns_nxdomain_error',
      addresses: [],
      control: { addresses: ['104.244.42.5'] },
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: an office that lets only the ports of sites pass: a chat server is silent on its own port',
    measurement: ofChat({}),
    kind: 'reachable',
  },
  {
    name: 'kuager: a host that is dead for everyone, the control abroad included, next to a page that opens',
    measurement: twitter('upload.x.com', {
      tcp: { '104.244.42.5': 'generic_timeout_error' },
      control: { http: null, tcp: { '104.244.42.5': 'generic_timeout_error' }, tls: '--' },
    }),
    kind: 'reachable',
  },
  {
    name: 'kuager: a name that exists for no one, the control abroad included, next to a page that opens',
    measurement: twitter('upload.x.com', {
      system: 'dns_nxdomain_error',
      doh: 'dns_nxdomain_error',
      addresses: [],
      control: { dns: 'dns_name_error', http: null },
    }),
    kind: 'reachable',
  },
]

/** The same where it is. */
export const KUAGER_HOSTS_BLOCKED: readonly Scenario[] = [
  {
    name: 'kuager: a chat server is silent on its own port, on which its neighbour answers',
    measurement: ofChat({ neighbour: '+' }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: a chat server is silent on its own port and on that of sites',
    measurement: kuagerDocument({
      service: 'whatsapp',
      endpoints: [443, 5222].map((port) =>
        endpoint('e1.whatsapp.net', {
          ...{ use: 'datacenter', port, addresses: [CHAT], tls: null, control: ABROAD },
          tcp: { [CHAT]: 'generic_timeout_error' },
        }),
      ),
    }),
    kind: 'interfered',
    layer: 'tcp',
    rule: 'tcp.control-connects',
  },
  {
    name: 'kuager: no data centre answers over either family, the control abroad reaches all',
    measurement: telegram(centres(FOUR, 'silent'), centres(SIX, 'silent')),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: no data centre answers over IPv4, each does over IPv6',
    measurement: telegram(centres(FOUR, 'silent'), centres(SIX)),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: a connection of IPv6 only, whose data centres do not answer',
    measurement: kuagerDocument({
      service: 'telegram',
      line: { ipv4: false, ipv6: true },
      endpoints: centres(SIX, 'silent'),
    }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'kuager: a host of which the list is sure is reset, the page opens',
    measurement: twitter('upload.x.com', { tls: ['+r+', '+r+'] }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset.sni',
  },
]
