import { defined } from '../../../src/core/model/defined.ts'
import { portOf } from '../../../src/core/model/port.ts'

/**
 * Builders of measurements in OONI's format, for tests of every room: a probe on a network of the documentation
 * range measures a healthy service, and the test says what goes wrong. Addresses are those of example.com and of the
 * services, which are public; documentation addresses would count as bogons.
 */

export type Json = Record<string, unknown>

export interface Envelope {
  readonly probeAsn?: string
  readonly probeCc?: string
  readonly startedAt?: string
  readonly annotations?: Json
  /** Fields put over the made ones. */
  readonly root?: Json
  /** Keys put over the made `test_keys`. */
  readonly testKeys?: Json
}

/** A measurement with an envelope as engine 3.21 writes it. */
export function measurement(testName: string, testVersion: string, testKeys: Json, envelope: Envelope = {}): Json {
  const startedAt = envelope.startedAt ?? '2025-03-01 15:00:00'
  return {
    annotations: { engine_name: 'ooniprobe-engine', platform: 'linux', ...envelope.annotations },
    data_format_version: '0.2.0',
    input: null,
    measurement_start_time: startedAt,
    probe_asn: envelope.probeAsn ?? 'AS64500',
    probe_cc: envelope.probeCc ?? 'KZ',
    probe_ip: '127.0.0.1',
    probe_network_name: 'Example Telecom',
    report_id: '20250301T150000Z_test_KZ_64500_n1_0123456789abcdef',
    resolver_asn: 'AS64500',
    resolver_ip: '127.0.0.2',
    resolver_network_name: 'Example Telecom',
    software_name: 'miniooni',
    software_version: '3.21.0',
    test_name: testName,
    test_runtime: 3.5,
    test_start_time: startedAt,
    test_version: testVersion,
    test_keys: { ...testKeys, ...envelope.testKeys },
    ...envelope.root,
  }
}

export interface QueryOptions {
  readonly engine?: string
  readonly type?: string
  readonly failure?: string | null
  readonly asn?: number
  readonly depth?: number
}

const familyKey = (address: string): Json =>
  address.includes(':') ? { answer_type: 'AAAA', ipv6: address } : { answer_type: 'A', ipv4: address }

/** One row of `queries`. */
export function query(hostname: string, addresses: readonly string[], options: QueryOptions = {}): Json {
  const engine = options.engine ?? 'getaddrinfo'
  return {
    answers: addresses.map((address) => ({ asn: options.asn ?? 15133, ...familyKey(address), ttl: null })),
    engine,
    failure: options.failure ?? null,
    hostname,
    query_type: options.type ?? (engine === 'getaddrinfo' ? 'ANY' : 'A'),
    resolver_hostname: null,
    resolver_port: null,
    resolver_address: engine === 'udp' ? '8.8.8.8:53' : engine === 'doh' ? 'https://dns.google/dns-query' : '',
    t0: 0.001,
    t: 0.03,
    tags: [`depth=${options.depth ?? 0}`],
    transaction_id: 10001,
  }
}

/** One row of `tcp_connect`. */
export function connect(ip: string, port: number, failure: string | null = null, depth = 0): Json {
  return {
    ip,
    port,
    status: { failure, success: failure === null },
    t0: 0.04,
    t: failure === null ? 0.08 : 10.04,
    tags: ['classic', `depth=${depth}`],
    transaction_id: port === 443 ? 50001 : 40001,
  }
}

export interface HandshakeOptions {
  readonly failure?: string | null
  /** Base64 of DER, leaf first. */
  readonly certificates?: readonly string[]
  readonly depth?: number
}

/** One row of `tls_handshakes`. */
export function handshake(address: string, serverName: string, options: HandshakeOptions = {}): Json {
  const failure = options.failure ?? null
  return {
    network: 'tcp',
    address,
    cipher_suite: failure === null ? 'TLS_AES_128_GCM_SHA256' : '',
    failure,
    negotiated_protocol: failure === null ? 'h2' : '',
    no_tls_verify: false,
    peer_certificates: (options.certificates ?? []).map((data) => ({ data, format: 'base64' })),
    server_name: serverName,
    t0: 0.09,
    t: failure === null ? 0.2 : 10.09,
    tags: ['classic', `depth=${options.depth ?? 0}`],
    tls_version: failure === null ? 'TLSv1.3' : '',
    transaction_id: 50001,
  }
}

export interface ExchangeOptions {
  readonly method?: string
  readonly failure?: string | null
  readonly status?: number
  readonly headers?: readonly (readonly [string, string])[]
  readonly body?: unknown
  readonly address?: string
  readonly depth?: number
}

/** One row of `requests`. */
export function exchange(url: string, options: ExchangeOptions = {}): Json {
  const failure = options.failure ?? null
  const headers = failure === null ? (options.headers ?? [['Content-Type', 'text/html; charset=utf-8']]) : null
  return {
    network: 'tcp',
    ...defined({ address: options.address }),
    alpn: '',
    failure,
    request: {
      body: '',
      body_is_truncated: false,
      headers_list: [['Accept', '*/*']],
      headers: { Accept: '*/*' },
      method: options.method ?? 'GET',
      tor: { exit_ip: null, exit_name: null, is_tor: false },
      x_transport: 'tcp',
      url,
    },
    response: {
      body: failure === null ? (options.body ?? EXAMPLE_PAGE) : '',
      body_is_truncated: false,
      code: failure === null ? (options.status ?? 200) : 0,
      headers_list: headers,
      headers: headers === null ? null : Object.fromEntries(headers),
    },
    t0: 0.21,
    t: 0.4,
    tags: ['classic', `depth=${options.depth ?? 0}`, 'fetch_body=true'],
    transaction_id: url.startsWith('https:') ? 50001 : 40001,
  }
}

export const EXAMPLE_ADDRESS = '93.184.215.14'
export const EXAMPLE_PAGE =
  '<!doctype html><html><head><title>Example Domain</title></head><body>For examples.</body></html>'

export interface WebOptions extends Envelope {
  /** The tested URL. */
  readonly url?: string
  /** What the system resolver answers. */
  readonly addresses?: readonly string[]
  /** Failure word of the layer; later layers then have no rows. */
  readonly dns?: string
  readonly tcp?: string
  readonly tls?: string
  readonly http?: string
  readonly certificates?: readonly string[]
  readonly status?: number
  readonly body?: unknown
  readonly headers?: readonly (readonly [string, string])[]
  /** What the test helper saw; `absent` for a probe that did not reach it. */
  readonly control?: 'absent' | Json
}

/** web_connectivity 0.5 of one URL: reachable, with a helper that agrees, unless the options say otherwise. */
export function webMeasurement(options: WebOptions = {}): Json {
  const url = options.url ?? 'https://www.example.com/'
  const parsed = new URL(url)
  const secure = parsed.protocol === 'https:'
  const port = portOf(parsed)
  const addresses = options.dns === undefined ? (options.addresses ?? [EXAMPLE_ADDRESS]) : []
  const reached = options.tcp === undefined && addresses.length > 0
  const shaken = reached && (!secure || options.tls === undefined)
  const failure = options.dns ?? options.tcp ?? (secure ? options.tls : undefined) ?? options.http ?? null
  const endpoint = (address: string): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)
  const keys: Json = {
    agent: 'redirect',
    client_resolver: '127.0.0.2',
    retries: null,
    socksproxy: null,
    network_events: [],
    x_dns_duplicate_responses: [],
    queries: [query(parsed.hostname, addresses, { failure: options.dns ?? null })],
    tcp_connect: addresses.map((address) => connect(address, port, options.tcp ?? null)),
    tls_handshakes:
      reached && secure
        ? addresses.map((address) =>
            handshake(endpoint(address), parsed.hostname, {
              failure: options.tls ?? null,
              certificates: options.certificates ?? [],
            }),
          )
        : [],
    requests: [
      exchange(url, {
        failure,
        ...defined({ status: options.status, body: options.body, headers: options.headers }),
        ...(shaken && addresses[0] !== undefined ? { address: endpoint(addresses[0]) } : {}),
      }),
    ],
    ...controlKeys(options, parsed.hostname, port),
    accessible: failure === null,
    blocking:
      failure === null
        ? false
        : options.dns !== undefined
          ? 'dns'
          : options.tcp !== undefined
            ? 'tcp_ip'
            : 'http-failure',
  }
  return measurement('web_connectivity', '0.5.28', keys, { ...options, root: { input: url, ...options.root } })
}

function controlKeys(options: WebOptions, host: string, port: number): Json {
  if (options.control === 'absent') return { control_failure: 'unknown_failure', control: null }
  const genuine = [EXAMPLE_ADDRESS]
  const tested = [...new Set([...genuine, ...(options.addresses ?? [])])]
  const endpoint = (address: string): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`)
  const seen = (extra: Json): Json =>
    Object.fromEntries(tested.map((a) => [endpoint(a), { status: true, failure: null, ...extra }]))
  return {
    control_failure: null,
    control: {
      tcp_connect: seen({}),
      ...(port === 443 ? { tls_handshake: seen({ server_name: host }) } : {}),
      quic_handshake: {},
      http_request: {
        body_length: EXAMPLE_PAGE.length,
        discovered_h3_endpoint: '',
        failure: null,
        title: 'Example Domain',
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        status_code: 200,
      },
      http3_request: null,
      dns: { failure: null, addrs: genuine },
      ip_info: Object.fromEntries(tested.map((address) => [address, { asn: 15133, flags: 11 }])),
      ...options.control,
    },
  }
}
