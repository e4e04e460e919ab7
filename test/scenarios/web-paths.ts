import { connect, exchange, handshake, query } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'
import {
  control,
  endpoint,
  flow,
  FOREIGN,
  GENUINE,
  HOST,
  IPV6,
  NO_CONTROL,
  OTHER,
  page,
  pageFailed,
  pageOpened,
  PLAIN,
  run,
  SECURE,
  side,
} from './web-run.ts'

const BOTH_PORTS = [80, 443]
const answered = query(HOST, [GENUINE])
const foreign = query(HOST, [FOREIGN], { asn: 64499 })
const opened = exchange(PLAIN, { address: endpoint(GENUINE, 80) })

/** Which of several flows, families and addresses of one hop are the person's path. */
export const WEB_PATHS: readonly Scenario[] = [
  {
    name: 'port 443 beside a cleartext URL refuses, and the page opens on port 80',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [side(connect(GENUINE, 443, 'connection_refused')), connect(GENUINE, 80)],
      requests: [side(exchange(SECURE, { failure: 'connection_refused', address: endpoint(GENUINE, 443) })), opened],
      control: control({ ports: BOTH_PORTS }),
    }),
    kind: 'reachable',
  },
  {
    name: 'the handshake beside a cleartext URL is silent, and the page opens on port 80',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [side(connect(GENUINE, 443)), connect(GENUINE, 80)],
      handshakes: [side(handshake(endpoint(GENUINE, 443), HOST, { failure: 'generic_timeout_error' }))],
      requests: [side(exchange(SECURE, { failure: 'generic_timeout_error', address: endpoint(GENUINE, 443) })), opened],
      control: control({ ports: BOTH_PORTS }),
    }),
    kind: 'reachable',
  },
  {
    name: 'a cleartext request gets no answer while the handshake beside it is reset',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [side(connect(GENUINE, 443)), connect(GENUINE, 80)],
      handshakes: [side(handshake(endpoint(GENUINE, 443), HOST, { failure: 'connection_reset' }))],
      requests: [
        side(exchange(SECURE, { failure: 'connection_reset', address: endpoint(GENUINE, 443) })),
        exchange(PLAIN, { failure: 'generic_timeout_error', address: endpoint(GENUINE, 80) }),
      ],
      control: control({ ports: BOTH_PORTS }),
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.timeout',
  },
  {
    name: 'a cleartext site in another network has no certificate of its own and serves the same page',
    measurement: run(PLAIN, {
      queries: [foreign],
      connects: [side(connect(FOREIGN, 443)), connect(FOREIGN, 80)],
      handshakes: [side(handshake(endpoint(FOREIGN, 443), HOST, { failure: 'ssl_invalid_hostname' }))],
      requests: [exchange(PLAIN, { address: endpoint(FOREIGN, 80) })],
      control: control({ tested: [GENUINE, FOREIGN], ports: BOTH_PORTS, tls: () => 'ssl_invalid_hostname' }),
    }),
    kind: 'reachable',
  },
  {
    name: 'the resolver gives a dead address while the control connects to the genuine one and its page fails later',
    measurement: run(SECURE, {
      queries: [foreign],
      connects: [connect(FOREIGN, 443, 'generic_timeout_error')],
      control: control({ page: pageFailed('generic_timeout_error') }),
    }),
    kind: 'interfered',
    layer: 'dns',
  },
  {
    name: 'the resolver gives an address that is dead for the control as well',
    measurement: run(SECURE, {
      queries: [foreign],
      connects: [connect(FOREIGN, 443, 'generic_timeout_error')],
      control: control({
        tested: [GENUINE, FOREIGN],
        tcp: (address) => (address === FOREIGN ? 'generic_timeout_error' : null),
        page: pageFailed('generic_timeout_error'),
      }),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'a site on rotating networks is down for everybody',
    measurement: run(SECURE, {
      queries: [foreign],
      connects: [connect(FOREIGN, 443, 'generic_timeout_error')],
      control: control({
        tested: [GENUINE, FOREIGN],
        tcp: () => 'generic_timeout_error',
        page: pageFailed('generic_timeout_error'),
      }),
    }),
    kind: 'unreachable',
    layer: 'tcp',
  },
  {
    name: 'the handshake fails for the control too on that very address, and passes on another',
    measurement: run(SECURE, {
      queries: [answered],
      connects: [connect(GENUINE, 443)],
      handshakes: [handshake(endpoint(GENUINE, 443), HOST, { failure: 'connection_reset' })],
      control: control({
        addresses: [GENUINE, OTHER],
        tls: (address) => (address === GENUINE ? 'connection_reset' : null),
      }),
    }),
    kind: 'inconclusive',
  },
  {
    name: 'an address of the helper opens where the system’s is silent: a way round',
    measurement: run(SECURE, {
      queries: [answered],
      connects: [flow(connect(GENUINE, 443), 1), flow(connect(OTHER, 443), 2)],
      handshakes: [
        flow(handshake(endpoint(GENUINE, 443), HOST, { failure: 'generic_timeout_error' }), 1),
        flow(handshake(endpoint(OTHER, 443), HOST), 2),
      ],
      requests: [flow(exchange(SECURE, { address: endpoint(OTHER, 443) }), 2)],
      control: control({ addresses: [GENUINE, OTHER] }),
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  {
    name: 'the line has no IPv6, and over IPv4 the page is reset after the handshake',
    measurement: run(SECURE, {
      queries: [query(HOST, [GENUINE, IPV6])],
      connects: [flow(connect(IPV6, 443, 'host_unreachable'), 1), flow(connect(GENUINE, 443), 2)],
      handshakes: [flow(handshake(endpoint(GENUINE, 443), HOST), 2)],
      requests: [
        flow(exchange(SECURE, { failure: 'host_unreachable', address: endpoint(IPV6, 443) }), 1),
        flow(exchange(SECURE, { failure: 'connection_reset', address: endpoint(GENUINE, 443) }), 2),
      ],
      control: control({ addresses: [GENUINE, IPV6] }),
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.reset',
  },
  {
    name: 'the resolver denies the IPv4 half of a name and answers the IPv6 half, on a line without IPv6',
    measurement: run(SECURE, {
      queries: [query(HOST, [], { type: 'A', failure: 'dns_nxdomain_error' }), query(HOST, [IPV6], { type: 'AAAA' })],
      connects: [connect(IPV6, 443, 'network_unreachable')],
      control: control({ addresses: [GENUINE, IPV6] }),
    }),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'the port of the URL is none of the usual, and no request was recorded',
    measurement: run('https://www.example.com:8443/', {
      queries: [answered],
      connects: [connect(GENUINE, 8443)],
      handshakes: [handshake(endpoint(GENUINE, 8443), HOST, { failure: 'connection_reset' })],
      control: control({ ports: [8443] }),
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  {
    name: 'a client that refuses bogons tells the word alone, and nothing can be compared',
    measurement: run(SECURE, {
      queries: [query(HOST, [], { failure: 'dns_bogon_error' })],
      control: NO_CONTROL,
    }),
    kind: 'inconclusive',
    layer: 'dns',
  },
  {
    name: 'a refusal in cleartext replaces a page without a title',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(PLAIN, { status: 403, body: page('Forbidden'), address: endpoint(GENUINE, 80) })],
      control: control({ ports: [80], page: pageOpened({ title: '', body_length: 60_000 }) }),
    }),
    kind: 'interfered',
    layer: 'http',
  },
  {
    name: 'a page without a title is of another size',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [connect(GENUINE, 80)],
      requests: [exchange(PLAIN, { body: page('Now it has one'), address: endpoint(GENUINE, 80) })],
      control: control({ ports: [80], page: pageOpened({ title: '', body_length: 60_000 }) }),
    }),
    kind: 'reachable',
  },
  {
    name: 'the line has no IPv6, and an address from elsewhere opens where the one of the system is silent',
    measurement: run(SECURE, {
      queries: [answered, query(HOST, [IPV6], { type: 'AAAA' }), query(HOST, [OTHER], { engine: 'doh' })],
      connects: [
        connect(GENUINE, 443, 'generic_timeout_error'),
        connect(IPV6, 443, 'network_unreachable'),
        connect(OTHER, 443),
      ],
      handshakes: [handshake(endpoint(OTHER, 443), HOST)],
      requests: [exchange(SECURE, { address: endpoint(OTHER, 443) })],
      control: control({ addresses: [GENUINE, OTHER, IPV6] }),
    }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.timeout.ip',
  },
  {
    name: 'port 80 refuses, and of a cleartext URL only the handshake beside it is listed as a request',
    measurement: run(PLAIN, {
      queries: [answered],
      connects: [side(connect(GENUINE, 443, 'connection_refused')), connect(GENUINE, 80, 'connection_refused')],
      requests: [side(exchange(SECURE, { failure: 'connection_refused', address: endpoint(GENUINE, 443) }))],
      control: control({ ports: BOTH_PORTS }),
    }),
    kind: 'interfered',
    layer: 'tcp',
    mechanism: 'tcp.refused.ip',
  },
]
