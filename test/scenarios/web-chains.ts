import { connect, exchange, handshake, query, type Json } from '../kit/measured/measurement.ts'
import type { Scenario } from './scenario.ts'
import {
  control,
  endpoint,
  flow,
  GENUINE,
  HOST,
  OTHER,
  page,
  pageFailed,
  pageOpened,
  PLAIN,
  redirect,
  run,
  SECURE,
} from './web-run.ts'

const APEX = 'http://example.com/'
const BOTH_PORTS = [80, 443]

/** example.com sends to https://www.example.com/, of which the rows are given. */
function apex(
  second: { queries: readonly Json[]; connects?: readonly Json[]; handshakes?: readonly Json[] },
  last: Json,
): Json {
  return run(APEX, {
    queries: [query('example.com', [GENUINE]), ...second.queries],
    connects: [flow(connect(GENUINE, 80), 1), ...(second.connects ?? [])],
    handshakes: second.handshakes ?? [],
    requests: [flow(redirect(APEX, SECURE, endpoint(GENUINE, 80)), 1)],
    control: control({ host: 'example.com', ports: BOTH_PORTS, page: last }),
  })
}

/** A short link over https, of which the second hop is given. */
function shortLink(second: { connect?: Json; handshake?: Json; request?: Json; url: string }): Json {
  const link = 'https://short.example.net/x'
  return run(link, {
    queries: [query('short.example.net', [OTHER]), query(HOST, [GENUINE], { depth: 1 })],
    connects: [flow(connect(OTHER, 443), 1), ...(second.connect ? [flow(second.connect, 2)] : [])],
    handshakes: [
      flow(handshake(endpoint(OTHER, 443), 'short.example.net'), 1),
      ...(second.handshake ? [flow(second.handshake, 2)] : []),
    ],
    requests: [
      ...(second.request ? [flow(second.request, 2)] : []),
      flow(redirect(link, second.url, endpoint(OTHER, 443)), 1),
    ],
    control: control({ host: 'short.example.net', addresses: [OTHER] }),
  })
}

/** Redirect chains: at which hop and layer they break, and what leads nowhere. */
export const WEB_CHAINS: readonly Scenario[] = [
  {
    name: 'the second name of a chain is answered with a private address while the control’s page opens',
    measurement: apex(
      {
        queries: [query(HOST, ['10.10.34.35'], { depth: 1 })],
        connects: [flow(connect('10.10.34.35', 443, 'generic_timeout_error', 1), 2)],
      },
      pageOpened(),
    ),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.bogon',
  },
  {
    name: 'the same, and the control’s last page is a refusal: later hops are not judged',
    measurement: apex({ queries: [query(HOST, ['10.10.34.35'], { depth: 1 })] }, pageOpened({ status_code: 403 })),
    kind: 'inconclusive',
  },
  {
    name: 'the second name of a chain is unknown to the resolver while the control’s page opens',
    measurement: apex({ queries: [query(HOST, [], { failure: 'dns_nxdomain_error', depth: 1 })] }, pageOpened()),
    kind: 'interfered',
    layer: 'dns',
    mechanism: 'dns.nxdomain',
  },
  {
    name: 'a cleartext answer leads to a private address that does not connect',
    measurement: run(PLAIN, {
      queries: [query(HOST, [GENUINE])],
      connects: [flow(connect(GENUINE, 80), 1), flow(connect('10.10.34.34', 80, 'generic_timeout_error', 1), 2)],
      requests: [flow(redirect(PLAIN, 'http://10.10.34.34/', endpoint(GENUINE, 80)), 1)],
      control: control({ ports: BOTH_PORTS }),
    }),
    kind: 'interfered',
    layer: 'http',
    mechanism: 'http.redirect.host',
  },
  {
    name: 'a short link leads to a name that is reset after its ClientHello',
    measurement: shortLink({
      url: SECURE,
      connect: connect(GENUINE, 443, null, 1),
      handshake: handshake(endpoint(GENUINE, 443), HOST, { failure: 'connection_reset', depth: 1 }),
    }),
    kind: 'interfered',
    layer: 'tls',
    mechanism: 'tls.reset',
  },
  {
    name: 'a short link leads to an address that refuses',
    measurement: shortLink({ url: SECURE, connect: connect(GENUINE, 443, 'connection_refused', 1) }),
    kind: 'interfered',
    layer: 'tcp',
  },
  {
    name: 'a short link leads to a cleartext page that is closed without an answer',
    measurement: shortLink({
      url: PLAIN,
      connect: connect(GENUINE, 80, null, 1),
      request: exchange(PLAIN, { failure: 'eof_error', depth: 1, address: endpoint(GENUINE, 80) }),
    }),
    kind: 'interfered',
    layer: 'http',
  },
  {
    name: 'a short link leads to a server that refuses the country under its own certificate',
    measurement: run(APEX, {
      queries: [query('example.com', [GENUINE]), query('www.example.org', [OTHER], { depth: 1 })],
      connects: [flow(connect(GENUINE, 80), 1), flow(connect(OTHER, 443, null, 1), 2)],
      handshakes: [flow(handshake(endpoint(OTHER, 443), 'www.example.org', { depth: 1 }), 2)],
      requests: [
        flow(
          exchange('https://www.example.org/', {
            status: 403,
            body: page('Not for you'),
            depth: 1,
            address: endpoint(OTHER, 443),
          }),
          2,
        ),
        flow(redirect(APEX, 'https://www.example.org/', endpoint(GENUINE, 80)), 1),
      ],
      control: control({ host: 'example.com', ports: BOTH_PORTS }),
    }),
    kind: 'reachable',
    mechanism: 'fault.geoblock',
  },
  {
    name: 'the certificate at the end of a chain is of another name, for the control too',
    measurement: run(PLAIN, {
      queries: [query(HOST, [GENUINE]), query(HOST, [GENUINE], { depth: 1 })],
      connects: [flow(connect(GENUINE, 80), 1), flow(connect(GENUINE, 443, null, 1), 2)],
      handshakes: [flow(handshake(endpoint(GENUINE, 443), HOST, { failure: 'ssl_invalid_hostname', depth: 1 }), 2)],
      requests: [flow(redirect(PLAIN, SECURE, endpoint(GENUINE, 80)), 1)],
      control: control({ ports: BOTH_PORTS, tls: () => 'ssl_invalid_hostname', page: pageFailed('unknown_error') }),
    }),
    kind: 'unreachable',
    mechanism: 'fault.service',
  },
  {
    name: 'a chain goes round over https until the client gives up, and the control’s does too',
    measurement: run(SECURE, {
      queries: [query(HOST, [GENUINE])],
      connects: [connect(GENUINE, 443)],
      handshakes: [handshake(endpoint(GENUINE, 443), HOST)],
      requests: [2, 1, 0].map((depth) => redirect(SECURE, SECURE, endpoint(GENUINE, 443), depth)),
      control: control({ page: pageFailed('unknown_error') }),
    }),
    kind: 'reachable',
  },
]
