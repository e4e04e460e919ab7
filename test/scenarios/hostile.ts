import {
  EXAMPLE_ADDRESS,
  connect,
  measurement,
  exchange,
  handshake,
  query,
  webMeasurement,
  type Json,
} from '../kit/measured/measurement.ts'
import { kuagerDocument } from '../kit/measured/kuager-document.ts'
import { endpoint, type EndpointOptions } from '../kit/measured/kuager-endpoint.ts'
import { signalMeasurement, sniMeasurement, whatsappMeasurement } from '../kit/measured/messenger-measurement.ts'
import { INTERMEDIATE, LEAF, ROOT } from '../kit/net/certificates.ts'
import { tor } from './messengers.ts'
import type { Scenario } from './scenario.ts'

/** `sni_blocking` of which the handshake under test was refused with these certificates. */
const refusedName = (certificates: readonly string[], name = 'www.example.net'): Json => {
  const made = sniMeasurement({ target: name, targetFailure: 'ssl_unknown_authority' })
  const keys = made['test_keys'] as Json
  const target = keys['target'] as Json
  const row = handshake(`${EXAMPLE_ADDRESS}:443`, name, { failure: 'ssl_unknown_authority', certificates })
  return { ...made, test_keys: { ...keys, target: { ...target, tls_handshakes: [row] } } }
}

const REDIRECTS = [['Location', 'https://[not-an-address/']] as const

/** A cleartext redirect to a place that cannot be read, then a step of another owner over https. */
const ledAstray = (last: Json): Json =>
  webMeasurement({
    url: 'http://www.example.com/',
    addresses: ['104.16.132.229'],
    testKeys: {
      queries: [query('www.example.com', ['104.16.132.229'], { asn: 13335 })],
      tcp_connect: [connect('104.16.132.229', 80)],
      tls_handshakes: [],
      requests: [
        last,
        exchange('http://www.example.com/', {
          address: '104.16.132.229:80',
          status: 302,
          headers: REDIRECTS,
          body: '',
        }),
      ],
    },
  })

const T = 'generic_timeout_error'
const times = <Item>(count: number, item: Item): readonly Item[] => Array.from({ length: count }, () => item)
const URL_ASKED = 'https://www.example.com/'
const AT = `${EXAMPLE_ADDRESS}:443`

/** Requests of one URL at once, newest first, beside a handshake that completed. */
const manyRequests = (failures: readonly (string | null)[]): Json =>
  webMeasurement({
    testKeys: { requests: failures.map((failure) => exchange(URL_ASKED, { failure, address: AT })) },
  })

/** What the control saw at the address that it was given itself, and at no other. */
const GENUINE = {
  tcp_connect: { [AT]: { status: true, failure: null } },
  tls_handshake: { [AT]: { server_name: 'www.example.com', status: true, failure: null } },
  ip_info: {},
}

/** An answer of the system's resolver, tried or not, beside a control that knows the genuine address. */
const answered = (addresses: readonly string[], tried: Json): Json =>
  webMeasurement({
    addresses,
    testKeys: { queries: [query('www.example.com', addresses, { asn: 0 })], ...tried },
    control: GENUINE,
  })

/** A cleartext redirect of a listed service, beside the first answer that the control got. */
const redirectedTo = (location: string, first: NonNullable<NonNullable<EndpointOptions['control']>['first']>): Json =>
  kuagerDocument({
    endpoints: [
      endpoint('www.youtube.com', {
        port: 80,
        tls: null,
        plain: [{ status: 302, location, body: '' }],
        control: { first },
      }),
    ],
  })

const vpn = (failures: readonly (string | null)[]): Json =>
  measurement('openvpn', '0.1.5', {
    openvpn_handshake: failures.map((failure, i) => ({
      ip: `198.96.7.${i + 1}`,
      port: 1194,
      transport: 'udp',
      failure,
      handshake_time: failure === null ? 0.9 : 0,
      t: 1,
    })),
  })

/**
 * Measurements made as an opponent would make them: each is near to a rule of docs/methods/judging.md, and what makes the
 * rule wrong is in it.
 */
export const HOSTILE: readonly Scenario[] = [
  {
    name: 'sni_blocking: a refused certificate that cannot be read is not another certificate',
    measurement: refusedName(['bm90IGEgY2VydGlmaWNhdGU=']),
    kind: 'inconclusive',
    rule: 'tls.no-control',
  },
  {
    name: 'sni_blocking: a refused certificate of which nothing was recorded is interference, halved',
    measurement: refusedName([]),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'sni_blocking: a refused certificate that is recorded and bears the name is interference',
    measurement: refusedName([LEAF, INTERMEDIATE]),
    kind: 'interfered',
    mechanism: 'tls.mitm.unknown_ca',
  },
  {
    name: 'a redirect to a place that cannot be read clears no address',
    measurement: ledAstray(exchange('https://www.example.com/', { address: '104.16.132.229:443' })),
    kind: 'inconclusive',
  },
  {
    name: 'a name that is dead for the control: its one address connects for the control and not here',
    measurement: webMeasurement({
      tcp: 'generic_timeout_error',
      control: {
        tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
        tls_handshake: {},
        dns: { failure: 'dns_name_error', addrs: [] },
        http_request: { failure: 'dns_lookup_error', status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'inconclusive',
    rule: 'dns.answer-for-dead-name',
  },
  {
    name: 'a name that is dead for the control’s resolver, proved by its handshake at the address that is silent here',
    measurement: webMeasurement({
      tls: 'generic_timeout_error',
      control: {
        tcp_connect: { [`${EXAMPLE_ADDRESS}:443`]: { status: true, failure: null } },
        tls_handshake: {
          [`${EXAMPLE_ADDRESS}:443`]: { server_name: 'www.example.com', status: true, failure: null },
        },
        dns: { failure: 'dns_name_error', addrs: [] },
        http_request: { failure: 'dns_lookup_error', status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'interfered',
    layer: 'tls',
  },
  ...[{ location: 'https://[not-an-address/' }, {}].map((place, index): Scenario => ({
    name: `kuager: a redirect is no difference where it ${index === 0 ? 'cannot be read' : 'was lost'} where the site itself redirects abroad`,
    measurement: redirectedTo('http://consent.example.net/', { status: 302, ...place }),
    kind: 'reachable',
  })),
  {
    name: 'kuager: a redirect is a difference where the site itself redirects elsewhere abroad',
    measurement: redirectedTo('http://consent.example.net/', { status: 302, location: 'https://www.youtube.com/' }),
    kind: 'interfered',
    rule: 'http.redirected',
  },
  {
    name: 'sni_blocking: the server shows a certificate of its own, signed by itself, for a name that it does not hold',
    measurement: refusedName([ROOT]),
    kind: 'inconclusive',
    rule: 'tls.no-control',
  },
  {
    name: 'sni_blocking: the server shows an old certificate for another name',
    measurement: refusedName([LEAF, INTERMEDIATE], 'www.example.org'),
    kind: 'inconclusive',
    rule: 'tls.no-control',
  },
  // a. Tor
  {
    name: 'tor: three of four bridges fail, the fourth refuses, and the directories pass',
    measurement: tor({ obfs4: [T, T, T, 'ssl_unknown_authority'], or_port_dirauth: times(9, null) }),
    kind: 'inconclusive',
  },
  {
    name: 'tor: both bridges of a short list are silent: two may be down, and a majority that fails is never reachable',
    measurement: tor({ obfs4: [T, T], or_port_dirauth: times(9, null) }),
    kind: 'inconclusive',
  },
  {
    name: 'tor: the one bridge of a list is silent',
    measurement: tor({ obfs4: [T], or_port_dirauth: times(9, null) }),
    kind: 'reachable',
  },
  {
    name: 'tor: nine of ten directories and thirteen of fifteen bridges are silent',
    measurement: tor({ or_port_dirauth: [...times(9, T), null], obfs4: [...times(13, T), null, null] }),
    kind: 'interfered',
    rule: 'tunnel.one-kind-fails',
  },
  {
    name: 'tor: every directory fails by the machine itself while bridges pass',
    measurement: tor({ or_port_dirauth: times(10, 'network_unreachable'), obfs4: times(6, null) }),
    kind: 'reachable',
  },
  // b. Many requests of one URL
  {
    name: 'many requests of one URL: all were cancelled by the client',
    measurement: manyRequests(times(28, 'interrupted')),
    kind: 'reachable',
  },
  {
    name: 'many requests of one URL: the last was reset, and an earlier one answered',
    measurement: manyRequests(['connection_reset', ...times(5, 'interrupted'), null]),
    kind: 'reachable',
  },
  {
    name: 'many requests of one URL: all were reset after the handshake',
    measurement: manyRequests(times(7, 'connection_reset')),
    kind: 'interfered',
    layer: 'http',
  },
  // c. A messenger's certificate
  {
    name: 'whatsapp: a certificate of another owner that was not recorded',
    measurement: whatsappMeasurement({ failures: { 'v.whatsapp.net': 'ssl_invalid_hostname' } }),
    kind: 'inconclusive',
  },
  {
    name: 'signal: every name shows a certificate for other names',
    measurement: signalMeasurement({
      failures: Object.fromEntries(
        ['cdsi.signal.org', 'chat.signal.org', 'sfu.voip.signal.org', 'storage.signal.org'].map((host) => [
          host,
          'ssl_invalid_hostname',
        ]),
      ),
    }),
    kind: 'inconclusive',
  },
  // d. Shapes
  {
    name: 'fields of wrong forms in every list are not known, and what is left decides',
    measurement: webMeasurement({
      root: { resolver_asn: 3232, probe_asn: ['AS64500'], probe_cc: 7 },
      testKeys: {
        queries: [{ hostname: 7, answers: 'x' }, query('www.example.com', [EXAMPLE_ADDRESS])],
        tcp_connect: ['x', connect(EXAMPLE_ADDRESS, 443), { ip: 7, port: '443', status: 'ok' }],
      },
    }),
    kind: 'reachable',
  },
  {
    name: 'a control whose rows are all of wrong forms proves nothing of a failed handshake',
    measurement: webMeasurement({
      tls: 'connection_reset',
      control: { tcp_connect: [], tls_handshake: 'x', http_request: 7, dns: null, ip_info: [] },
    }),
    kind: 'inconclusive',
  },
  // e. Layer
  {
    name: 'a handshake that is silent here, of which the control tells nothing but that its page is silent, too',
    measurement: webMeasurement({
      tls: T,
      control: {
        tls_handshake: {},
        http_request: { failure: T, status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'unreachable',
  },
  // f. The machine itself
  {
    name: 'a loopback answer on which the device serves a page',
    measurement: answered(['127.0.0.1'], {
      tcp_connect: [connect('127.0.0.1', 443)],
      tls_handshakes: [handshake('127.0.0.1:443', 'www.example.com', { failure: 'ssl_unknown_authority' })],
      requests: [exchange(URL_ASKED, { failure: 'ssl_unknown_authority' })],
    }),
    kind: 'interfered',
    rule: 'dns.bogon',
  },
  {
    name: 'a private address beside the genuine one, which opens',
    measurement: answered(['10.4.4.4', EXAMPLE_ADDRESS], {
      tcp_connect: [connect('10.4.4.4', 443, T), connect(EXAMPLE_ADDRESS, 443)],
      tls_handshakes: [handshake(AT, 'www.example.com')],
      requests: [exchange(URL_ASKED, { address: AT })],
    }),
    kind: 'reachable',
  },
  {
    name: 'a loopback answer that the control gets, too',
    measurement: webMeasurement({
      addresses: ['127.0.0.1'],
      tcp: 'connection_refused',
      control: {
        tcp_connect: {},
        tls_handshake: {},
        dns: { failure: null, addrs: ['127.0.0.1'] },
        http_request: { failure: 'connection_refused_error', status_code: -1, body_length: -1, title: '', headers: {} },
        ip_info: {},
      },
    }),
    kind: 'inconclusive',
  },
  // h. Certificates
  {
    name: 'a refused certificate of which nothing was recorded, and the control’s handshake fails there, too',
    measurement: webMeasurement({
      tls: 'ssl_invalid_certificate',
      control: {
        tls_handshake: { [AT]: { server_name: 'www.example.com', status: false, failure: 'ssl_invalid_certificate' } },
        http_request: { failure: 'unknown_error', status_code: -1, body_length: -1, title: '', headers: {} },
      },
    }),
    kind: 'unreachable',
  },
  {
    name: 'a refused certificate that cannot be read, though the control gets a valid one',
    measurement: webMeasurement({ tls: 'ssl_invalid_certificate', certificates: ['bm90IGEgY2VydGlmaWNhdGU='] }),
    kind: 'inconclusive',
  },
  // Tunnels
  { name: 'openvpn: one endpoint of five comes up', measurement: vpn([T, T, null, T, T]), kind: 'inconclusive' },
  { name: 'openvpn: most endpoints come up', measurement: vpn([null, T, null]), kind: 'reachable' },
  {
    name: 'psiphon: the tunnel comes up',
    measurement: measurement('psiphon', '0.7.2', { failure: null, bootstrap_time: 4.1, max_runtime: 60 }),
    kind: 'reachable',
  },
  {
    name: 'psiphon: the tunnel does not come up, and nothing tells why',
    measurement: measurement('psiphon', '0.7.2', { failure: T, bootstrap_time: 0, max_runtime: 60 }),
    kind: 'inconclusive',
  },
  {
    name: 'psiphon: neither a failure nor a time',
    measurement: measurement('psiphon', '0.7.2', { failure: null, bootstrap_time: 0, requests: null }),
    kind: 'inconclusive',
  },
  {
    name: 'torsf: Snowflake stays at half',
    measurement: measurement('torsf', '0.5.0', { success: false, failure: T, bootstrap_time: 0, tor_progress: 50 }),
    kind: 'inconclusive',
  },
  {
    name: 'torsf: Snowflake comes up',
    measurement: measurement('torsf', '0.5.0', { success: true, failure: null, bootstrap_time: 33, tor_progress: 100 }),
    kind: 'reachable',
  },
  ...(['riseupvpn', 'dnscheck', 'echcheck', 'stunreachability', 'simplequicping', 'quicping', 'ndt'] as const).map(
    (test): Scenario => ({
      name: `${test} is stored and not judged`,
      measurement: measurement(test, '0.1.0', { failure: T }),
      kind: 'not-judged',
    }),
  ),
]
