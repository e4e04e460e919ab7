import { connect, EXAMPLE_ADDRESS, exchange, handshake, measurement, query, type Json } from './measurement.ts'
import * as kit from '../net/certificates.ts'

// A measurement of each nettest but the web's and the messengers', written from the specification of OONI
// (https://github.com/ooni/spec/tree/master/nettests). Everything in them is made up.

const OTHER_ADDRESS = '93.184.215.15'
const RESOLVER = '8.8.8.8:53'
const LATE = 'generic_timeout_error'
const lookup = query('example.org', [EXAMPLE_ADDRESS], { engine: 'udp' })
const shaken = handshake(`${EXAMPLE_ADDRESS}:443`, 'example.org', { certificates: [kit.LEAF, kit.INTERMEDIATE] })
/** A handshake of QUIC has the form of one of TLS. */
const overQuic = (failure: string | null): Json => ({
  ...handshake(`${EXAMPLE_ADDRESS}:443`, 'example.org', { failure }),
  network: 'udp',
  negotiated_protocol: failure === null ? 'h3' : '',
})

/** One answer of a helper that gives back what it got, as the old tests of HTTP have it. */
const echoed = (headers: Json): Json => ({
  ...exchange('http://helper.example/', { body: JSON.stringify({ headers_dict: headers }), method: 'geT' }),
  tags: null,
})

const RESOLVERS: Readonly<Record<string, Json>> = {
  dnscheck: measurement('dnscheck', '0.9.2', {
    bootstrap: { queries: [query('dns.example', [EXAMPLE_ADDRESS])], failure: null },
    bootstrap_failure: null,
    default_addrs: `${EXAMPLE_ADDRESS} ${OTHER_ADDRESS}`,
    domain: 'example.org',
    http3_enabled: false,
    lookups: {
      [`https://${EXAMPLE_ADDRESS}/dns-query`]: {
        failure: null,
        queries: [query('example.org', [EXAMPLE_ADDRESS], { engine: 'doh' })],
        tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
        tls_handshakes: [shaken],
        requests: [],
      },
      [`https://${OTHER_ADDRESS}/dns-query`]: {
        failure: LATE,
        queries: [query('example.org', [], { engine: 'doh', failure: LATE })],
        tcp_connect: [connect(OTHER_ADDRESS, 443, LATE)],
        tls_handshakes: null,
        requests: null,
      },
    },
  }),
  dnsping: measurement('dnsping', '0.4.0', {
    pings: [
      { query: lookup, delayed_responses: null },
      {
        query: query('example.org', [OTHER_ADDRESS], { engine: 'udp' }),
        delayed_responses: [query('example.org', [EXAMPLE_ADDRESS], { engine: 'udp' })],
      },
      { query: query('example.org', [], { engine: 'udp', failure: 'dns_nxdomain_error' }), delayed_responses: [] },
    ],
  }),
  dns_consistency: measurement(
    'dns_consistency',
    '0.7.0',
    {
      control_resolver: RESOLVER,
      control_failure: null,
      inconsistent: ['195.82.146.53'],
      queries: [
        { ...lookup, engine: undefined, resolver_hostname: '8.8.8.8', resolver_port: 53 },
        {
          answers: [{ answer_type: 'A', ipv4: OTHER_ADDRESS, ttl: null }],
          failure: null,
          hostname: 'example.org',
          query_type: 'A',
          resolver_hostname: '195.82.146.53',
          resolver_port: 53,
        },
      ],
    },
    { root: { input: 'example.org', software_name: 'ooniprobe', software_version: '2.3.0' } },
  ),
}

const handshakesOf = (ttls: readonly number[]): Json => ({
  iterations: ttls.map((ttl) => ({
    ttl,
    handshake: {
      ...handshake(`${EXAMPLE_ADDRESS}:443`, 'example.org', { failure: ttl < 20 ? LATE : null }),
      so_error: ttl < 20 ? 'host_unreachable' : null,
    },
  })),
})

const HANDSHAKES: Readonly<Record<string, Json>> = {
  tlsmiddlebox: measurement('tlsmiddlebox', '0.1.0', {
    queries: [lookup],
    tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
    tls_handshakes: [shaken],
    iterative_trace: [
      {
        address: `${EXAMPLE_ADDRESS}:443`,
        control_trace: handshakesOf([1, 2, 20]),
        target_trace: handshakesOf([1, 20]),
      },
    ],
  }),
  urlgetter: measurement(
    'urlgetter',
    '0.2.0',
    {
      agent: 'redirect',
      failed_operation: null,
      failure: null,
      queries: [lookup],
      tcp_connect: [connect(EXAMPLE_ADDRESS, 443)],
      tls_handshakes: [shaken],
      quic_handshakes: [overQuic(LATE)],
      requests: [exchange('https://example.org/', { address: `${EXAMPLE_ADDRESS}:443` })],
      network_events: [],
    },
    { root: { input: 'https://example.org/' } },
  ),
  tcpping: measurement('tcpping', '0.2.0', {
    pings: [{ tcp_connect: connect(EXAMPLE_ADDRESS, 443) }, { tcp_connect: connect(EXAMPLE_ADDRESS, 443, LATE) }],
  }),
  tlsping: measurement('tlsping', '0.2.1', {
    pings: [
      { tcp_connect: connect(EXAMPLE_ADDRESS, 443), tls_handshake: shaken },
      { tcp_connect: connect(EXAMPLE_ADDRESS, 443, 'connection_refused'), tls_handshake: null },
    ],
  }),
  simplequicping: measurement('simplequicping', '0.2.1', {
    pings: [{ quic_handshake: overQuic(null) }, { quic_handshake: overQuic(LATE) }],
  }),
  quicping: measurement('quicping', '0.1.0', {
    pings: [
      { conn_id_dst: 'f19e3e1c1f1c0c61', conn_id_src: '1b1f', failure: null, t: 0.1, responses: [{ t: 0.2 }] },
      { conn_id_dst: '0c61f19e3e1c1f1c', conn_id_src: '1b20', failure: LATE, t: 1.1, responses: [] },
    ],
  }),
  echcheck: measurement(
    'echcheck',
    '0.2.0',
    {
      queries: [lookup],
      tcp_connects: [connect(EXAMPLE_ADDRESS, 443)],
      tls_handshakes: [
        { ...shaken, server_name: 'secret.example.org', outer_server_name: 'example.org', echconfig: 'GREASE' },
      ],
    },
    { root: { input: 'https://example.org' } },
  ),
  'echcheck-0.1': measurement('echcheck', '0.1.2', {
    control: shaken,
    target: { ...shaken, failure: 'ssl_unknown_authority' },
  }),
}

const tunnelKeys = (more: Json): Json => ({ failure: null, success: true, bootstrap_time: 2.5, ...more })
const relay = (protocol: string, failure: string | null): Json => ({
  agent: 'redirect',
  failure,
  network_events: null,
  queries: null,
  requests: null,
  summary: { connect: { failure }, handshake: { failure } },
  target_address: `${EXAMPLE_ADDRESS}:${protocol === 'obfs4' ? 9001 : 443}`,
  target_protocol: protocol,
  tcp_connect: [connect(EXAMPLE_ADDRESS, protocol === 'obfs4' ? 9001 : 443, failure)],
  tls_handshakes: protocol === 'obfs4' || failure !== null ? null : [shaken],
})

const TUNNELS: Readonly<Record<string, Json>> = {
  stunreachability: measurement(
    'stunreachability',
    '0.4.0',
    { endpoint: 'stun.example.org:3478', failure: null, queries: [query('stun.example.org', [EXAMPLE_ADDRESS])] },
    { root: { input: 'stun://stun.example.org:3478' } },
  ),
  openvpn: measurement('openvpn', '0.1.5', {
    success: true,
    tcp_connect: [connect(EXAMPLE_ADDRESS, 1194)],
    openvpn_handshake: [
      {
        endpoint: `${EXAMPLE_ADDRESS}:1194`,
        ip: EXAMPLE_ADDRESS,
        port: 1194,
        transport: 'tcp',
        failure: null,
        handshake_time: 0.9,
        t: 1,
      },
      {
        endpoint: `${OTHER_ADDRESS}:1194`,
        ip: OTHER_ADDRESS,
        port: 1194,
        transport: 'udp',
        failure: LATE,
        handshake_time: 0,
        t: 9,
      },
    ],
    network_events: [],
  }),
  'openvpn-0.0': measurement('openvpn', '0.0.16', {
    bootstrap_time: 1.4,
    failure: null,
    remote: `${EXAMPLE_ADDRESS}:1194`,
    requests: [],
    success_handshake: true,
    tcp_connect: connect(EXAMPLE_ADDRESS, 1194),
    transport: 'tcp',
  }),
  openvpn_client: measurement('openvpn_client_test', '0.0.1', { success: true, error: null, input: 'vpn.example' }),
  riseupvpn: measurement('riseupvpn', '0.3.0', {
    agent: 'redirect',
    api_failures: [],
    ca_cert_status: true,
    queries: [lookup],
    tcp_connect: [connect(EXAMPLE_ADDRESS, 1194), connect(OTHER_ADDRESS, 443, 'connection_reset')],
    tls_handshakes: [shaken],
    requests: [exchange('https://example.org/provider.json')],
  }),
  tor: measurement('tor', '0.4.0', {
    targets: { '0a1b/x': relay('or_port', null), '2c3d': relay('obfs4', LATE), '4e5f': relay('dir_port', null) },
  }),
  'tor-list': measurement('tor', '0.0.1', {
    targets: [relay('obfs4', null), relay('or_port_dirauth', 'connection_reset')],
  }),
  vanilla_tor: measurement(
    'vanilla_tor',
    '0.3.0',
    tunnelKeys({ tor_progress: 100, tor_logs: [], transport_name: 'vanilla' }),
  ),
  'vanilla_tor-0.1': measurement('vanilla_tor', '0.1.0', {
    success: null,
    error: null,
    tor_progress: 0,
    timeout: 300,
  }),
  torsf: measurement('torsf', '0.5.0', {
    failure: LATE,
    bootstrap_time: 0,
    tor_progress: 50,
    transport_name: 'snowflake',
  }),
  psiphon: measurement('psiphon', '0.7.2', tunnelKeys({ requests: [exchange('https://example.org/')] })),
  portfiltering: measurement('portfiltering', '0.1.0', {
    tcp_connect: [connect(EXAMPLE_ADDRESS, 25, LATE), connect(EXAMPLE_ADDRESS, 443)],
  }),
}

const SPEEDS: Readonly<Record<string, Json>> = {
  dash: measurement('dash', '0.13.0', {
    failure: null,
    server: { hostname: 'dash.example.org', site: 'ala01' },
    receiver_data: [1, 2, 3].map((iteration) => ({
      iteration,
      elapsed: 0.5,
      received: 300_000,
      rate: 4000,
      server_url: '',
    })),
    simple: { median_bitrate: 4000, min_playout_delay: 0.1 },
  }),
  ndt: measurement('ndt', '0.10.0', {
    failure: null,
    protocol: 7,
    server: { hostname: 'ndt.example.org', site: 'ala01' },
    download: [
      { AppInfo: { ElapsedTime: 250_000, NumBytes: 1_000_000 }, Test: 'download' },
      { AppInfo: { ElapsedTime: 9_900_000, NumBytes: 40_000_000 }, Test: 'download' },
    ],
    upload: [{ AppInfo: { ElapsedTime: 9_800_000, NumBytes: 9_000_000 }, Test: 'upload' }],
    summary: { download: 32_000, upload: 7300, ping: 20 },
  }),
}

const OLD_HTTP: Readonly<Record<string, Json>> = {
  http_requests: measurement(
    'http_requests',
    '0.2.5',
    {
      requests: [
        exchange('http://example.org/'),
        {
          ...exchange('http://example.org/'),
          request: {
            headers: {},
            method: 'GET',
            url: 'http://example.org/',
            tor: { is_tor: true, exit_ip: '192.0.2.9' },
          },
        },
      ],
      headers_match: true,
      body_proportion: 1,
    },
    { startedAt: '2014-11-02 22:07:47', root: { input: 'http://example.org/', software_name: 'ooniprobe' } },
  ),
  http_header_field_manipulation: measurement('http_header_field_manipulation', '0.2.0', {
    agent: 'agent',
    requests: [echoed({ 'accept-Language': ['en'], hOSt: ['helper.example'] })],
    tampering: {
      header_field_name: false,
      header_field_number: false,
      request_line_capitalization: false,
      total: false,
    },
  }),
  http_invalid_request_line: measurement('http_invalid_request_line', '0.2.1', {
    sent: ['XXXX / HTTP/1.1\n\r', 'GET / HTTP/1.1.x\n\r'],
    received: ['XXXX / HTTP/1.1\n\r', ''],
    failure_list: [null, LATE],
    tampering_list: [false, false],
    tampering: false,
  }),
  http_host: measurement('http_host', '0.2.4', {
    requests: [
      {
        failure: null,
        request: { headers: { Host: 'example.org' }, method: 'GET' },
        response: { code: 200, headers: {}, body: 'x' },
      },
    ],
    transparent_http_proxy: false,
  }),
  meek_fronted_requests_test: measurement(
    'meek_fronted_requests_test',
    '0.0.1',
    {
      requests: [
        exchange('https://front.example/', {
          headers: [['Server', 'x']],
          body: 'I’m just a happy little web server.\n',
        }),
      ],
    },
    { root: { input: ['front.example', 'meek.example'] } },
  ),
  browser_web: measurement('browser_web', '0.1.0', { result: { load_time_ms: 812, error: null } }),
  tcp_connect: measurement('tcp_connect', '0.1.0', { connection: 'success' }),
  multi_protocol_traceroute: measurement('multi_protocol_traceroute', '0.1.1', {
    hops_80: [{ address: '198.18.0.1', rtt: 0.01, ttl: 1 }],
    max_ttl: 30,
  }),
}

/** By name of the test, with its version where there are two. */
export const NETTEST_SAMPLES: Readonly<Record<string, Json>> = {
  ...RESOLVERS,
  ...HANDSHAKES,
  ...TUNNELS,
  ...SPEEDS,
  ...OLD_HTTP,
}
