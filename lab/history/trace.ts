import type { Random } from './random.ts'

/** An address with the network it belongs to. */
export interface TraceAddress {
  readonly address: string
  readonly family: 4 | 6
  readonly asn: number
  readonly organisation: string
}

/** Marks that today's web test writes on every operation of a flow; messenger tests write none. */
export interface FlowMarks {
  readonly tags: readonly string[]
  readonly transaction: number
}

export interface Lookup {
  readonly host: string
  readonly engine: 'getaddrinfo' | 'system' | 'udp' | 'doh'
  readonly type: 'A' | 'AAAA' | 'ANY'
  readonly resolver?: string
  readonly answers: readonly TraceAddress[]
  readonly failure: string | null
  readonly marks?: FlowMarks
}

export interface Exchange {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly endpoint?: string
  readonly alpn?: string
  readonly failure: string | null
  readonly code: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
  readonly marks?: FlowMarks
}

/** Rows of a measurement in OONI's archival form (reference data formats df-001 to df-008), growing as time passes. */
export interface Trace {
  /** Seconds since the start of the measurement; a flow sets it back to where it began. */
  now: number
  readonly queries: object[]
  readonly tcpConnect: object[]
  readonly tlsHandshakes: object[]
  readonly requests: object[]
  readonly networkEvents: object[]
  lookup(lookup: Lookup): void
  connect(address: string, port: number, failure: string | null, marks?: FlowMarks): void
  handshake(name: string, endpoint: string, result: Handshake, marks?: FlowMarks): void
  exchange(exchange: Exchange): void
}

export interface Handshake {
  readonly failure: string | null
  readonly certificates: readonly string[]
  /** Times as long as it takes otherwise; 1 where absent. */
  readonly slowed?: number
}

/** Limits after which today's probe gives up, seconds. Source: OONI's web test, version 0.5.28. */
const PATIENCE = { lookup: 4, connect: 10, handshake: 10, exchange: 10 } as const

export const BROWSER =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0.0.0 Safari/537.3'
const REQUEST_HEADERS = {
  Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language': 'en-US,en;q=0.9',
} as const

export const round = (value: number): number => Math.round(value * 1e6) / 1e6
export const endpointOf = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

const markRow = (marks: FlowMarks | undefined): object =>
  marks === undefined ? {} : { tags: marks.tags, transaction_id: marks.transaction }

/** Opens an empty trace; `roundTrip` in seconds, every wait takes a share of it times `pace`. */
export function createTrace(random: Random, roundTrip: number, pace: number): Trace {
  /** Seconds an operation takes: its patience after a silence, round trips otherwise. */
  const spend = (failure: string | null, patience: number, trips: number): number => {
    const silent = failure === 'generic_timeout_error'
    if (failure === 'network_unreachable') return random.between(0.00002, 0.0002)
    return silent
      ? patience + random.between(0.0005, 0.004)
      : Math.min(patience * 0.95, roundTrip * trips * pace * random.between(0.95, 1.3))
  }
  const trace: Trace = {
    now: 0,
    queries: [],
    tcpConnect: [],
    tlsHandshakes: [],
    requests: [],
    networkEvents: [],
    lookup(lookup) {
      const t0 = trace.now
      trace.now += spend(lookup.failure, PATIENCE.lookup, lookup.engine === 'udp' ? 0.9 : 0.35)
      trace.queries.push({
        answers: lookup.failure === null ? lookup.answers.map(answerRow) : null,
        engine: lookup.engine,
        failure: lookup.failure,
        hostname: lookup.host,
        query_type: lookup.type,
        resolver_hostname: null,
        resolver_port: null,
        resolver_address: lookup.resolver ?? '',
        t0: round(t0),
        t: round(trace.now),
        ...markRow(lookup.marks),
      })
    },
    connect(address, port, failure, marks) {
      const t0 = trace.now
      trace.now += spend(failure, PATIENCE.connect, 1)
      const times = { t0: round(t0), t: round(trace.now) }
      const status = { failure, success: failure === null }
      trace.tcpConnect.push({ ip: address, port, status, ...times, ...markRow(marks) })
      const event = { address: endpointOf(address, port), failure, operation: 'connect', proto: 'tcp' }
      trace.networkEvents.push({ ...event, ...times, ...markRow(marks) })
    },
    handshake(name, endpoint, result, marks) {
      const t0 = trace.now
      trace.now += spend(result.failure, PATIENCE.handshake, 2 * (result.slowed ?? 1))
      const passed = result.failure === null
      const times = { t0: round(t0), t: round(trace.now) }
      trace.tlsHandshakes.push({
        network: 'tcp',
        address: endpoint,
        cipher_suite: passed ? 'TLS_AES_128_GCM_SHA256' : '',
        failure: result.failure,
        negotiated_protocol: passed ? 'h2' : '',
        no_tls_verify: false,
        peer_certificates: result.certificates.map((data) => ({ data, format: 'base64' })),
        server_name: name,
        ...times,
        ...markRow(marks),
        tls_version: passed ? 'TLSv1.3' : '',
      })
      const step = (operation: string, at: number, failure: string | null, rest: object = {}): void => {
        const t = round(at)
        trace.networkEvents.push({
          address: endpoint,
          failure,
          operation,
          proto: 'tcp',
          ...rest,
          t0: t,
          t,
          ...markRow(marks),
        })
      }
      step('tls_handshake_start', t0, null)
      step('write', t0 + 0.0004, null, { num_bytes: 281 + name.length })
      if (passed) step('read', t0 + (trace.now - t0) * 0.6, null, { num_bytes: 517 })
      else step('read', trace.now, result.failure)
      step('tls_handshake_done', trace.now, result.failure)
    },
    exchange(exchange) {
      const t0 = trace.now
      trace.now += spend(exchange.failure, PATIENCE.exchange, 1.5)
      const url = new URL(exchange.url)
      const sent = { ...REQUEST_HEADERS, Host: url.host, 'User-Agent': BROWSER }
      const passed = exchange.failure === null
      trace.requests.unshift({
        ...(exchange.endpoint === undefined ? {} : { network: 'tcp', address: exchange.endpoint }),
        ...(exchange.alpn === undefined ? {} : { alpn: exchange.alpn }),
        failure: exchange.failure,
        request: {
          body: '',
          body_is_truncated: false,
          headers_list: Object.entries(sent),
          headers: sent,
          method: exchange.method,
          tor: { exit_ip: null, exit_name: null, is_tor: false },
          x_transport: 'tcp',
          url: exchange.url,
        },
        response: {
          body: passed ? exchange.body : '',
          body_is_truncated: false,
          code: passed ? exchange.code : 0,
          headers_list: passed ? exchange.headers : [],
          headers: passed ? Object.fromEntries(exchange.headers) : {},
        },
        t0: round(t0),
        t: round(trace.now),
        ...markRow(exchange.marks),
      })
    },
  }
  return trace
}

const answerRow = (answer: TraceAddress): object => ({
  ...(answer.asn === 0 ? {} : { asn: answer.asn, as_org_name: answer.organisation }),
  answer_type: answer.family === 4 ? 'A' : 'AAAA',
  ...(answer.family === 4 ? { ipv4: answer.address } : { ipv6: answer.address }),
  ttl: null,
})
