import {
  ANSWERED,
  at,
  type Clock,
  FAILURES,
  INNOCENT,
  INNOCENT_ADDRESS,
  round,
  Rows,
  type Rounds,
} from './kuager-halves.ts'
import type { Json } from './measurement.ts'

export interface PlainOptions {
  readonly failure?: string
  readonly status?: number
  readonly location?: string
  readonly body?: string
  readonly role?: string
  readonly round?: number
  readonly address?: string
  readonly host?: string
  /** The handshake that carried it, which completed: bytes that had come by its end, and its ALPN. */
  readonly under?: { readonly received: number; readonly alpn?: string }
}

export interface TransferOptions {
  readonly role: 'target' | 'innocent'
  readonly direction?: 'down' | 'up'
  /** Bits a second. */
  readonly rate: number
  readonly bytes?: number
  /** Arrivals at a constant rate. */
  readonly even?: boolean
  /** Seconds of silence after the last byte, until our own limit. */
  readonly silence?: number
}

export interface ControlOptions {
  /** Failure words by address; absent addresses connect. */
  readonly tcp?: Readonly<Record<string, string>>
  /** Endpoints that refuse connections abroad too. */
  readonly closed?: readonly string[]
  readonly addresses?: readonly string[]
  readonly dns?: string
  /** `null`: the helper fetched no page. */
  readonly http?: string | number | null
  readonly title?: string
  readonly bytes?: number
  readonly first?: { readonly status: number; readonly location?: string; readonly seconds?: number }
  /** Pairs from abroad: target and innocent, such as `++`; `-` none. */
  readonly tls?: string
  readonly quic?: string
  /** Seconds of the target's handshake abroad. */
  readonly slow?: number
  /** Digests of the chain shown to the target's half abroad. */
  readonly digests?: readonly string[]
}

export interface EndpointOptions {
  readonly use?: string
  readonly port?: number
  readonly addresses?: readonly string[]
  /** What the system's resolver answers; a text is a failure word. */
  readonly system?: readonly string[] | string
  readonly udp?: readonly string[] | string
  readonly late?: readonly string[] | string
  /** What a public resolver, asked by packets, answers first and later; absent: none is asked. */
  readonly listed?: readonly string[] | string
  readonly listedLate?: readonly string[] | string
  readonly doh?: readonly string[] | string | null
  /** Failure words of lone connections by address. */
  readonly tcp?: Readonly<Record<string, string>>
  /** Rounds by address; a list alone is of the first address. */
  readonly tls?: Rounds | Readonly<Record<string, Rounds>> | null
  readonly quic?: Rounds
  /** Innocent name and the name under test at the innocent name's own server, such as `+.`. */
  readonly crossed?: string
  readonly neighbour?: string
  readonly page?: number | string | null
  readonly pageBody?: string
  /** Exchanges of pages in place of the one of `page`: the name under test and an innocent one at the same address. */
  readonly pages?: readonly PlainOptions[]
  readonly plain?: readonly PlainOptions[]
  readonly transfers?: readonly TransferOptions[]
  /** Halves in turn: protocol and shaped, `+` or `.` or `r`, such as `['.+', '.+']`. */
  readonly tunnel?: { readonly protocol: string; readonly transport: string; readonly halves: Rounds }
  readonly certificates?: readonly string[]
  readonly control?: ControlOptions | null
}

const answers = (addresses: readonly string[]): Json[] =>
  addresses.map((address) =>
    address.includes(':')
      ? { answer_type: 'AAAA', ipv6: address, ttl: 60 }
      : { answer_type: 'A', ipv4: address, ttl: 60 },
  )

/** Whom a question goes to; `listed` is a public resolver asked by packets. */
const RESOLVERS: Readonly<Record<string, string>> = {
  udp: '[scrubbed]',
  listed: '9.9.9.9:53',
  doh: 'https://dns.example/dns-query',
}

function query(hostname: string, engine: string, said: readonly string[] | string, clock: Clock): Json {
  const failed = typeof said === 'string'
  return {
    hostname,
    engine: engine === 'listed' ? 'udp' : engine,
    query_type: engine === 'getaddrinfo' ? 'ANY' : 'A',
    resolver_address: RESOLVERS[engine] ?? '',
    failure: failed ? said : null,
    answers: failed ? [] : answers(said),
    ...clock.take(failed && /time/.test(said) ? 5 : 0.03),
    tags: [],
  }
}

function exchange(url: string, address: string, options: PlainOptions, clock: Clock): Json {
  const secure = url.startsWith('https:')
  const headers = [
    ['Content-Type', 'text/html'],
    ...(options.location === undefined ? [] : [['Location', options.location]]),
  ]
  return {
    network: 'tcp',
    address: at(options.address ?? address, secure ? 443 : 80),
    failure: options.failure ?? null,
    request: { method: 'GET', url, headers_list: [] },
    response:
      options.failure === undefined || options.status !== undefined
        ? { code: options.status ?? 200, headers_list: headers, body: options.body ?? PAGE, body_is_truncated: false }
        : null,
    ...clock.take(options.failure === 'generic_timeout_error' ? 8 : 0.2),
    tags: [],
    x_role: options.role ?? 'target',
    x_round: options.round ?? 0,
  }
}

const TITLE = 'A page of the service itself'
const PAGE = `<html><head><title>${TITLE}</title></head><body>${'words of the service '.repeat(40)}</body></html>`

function transfer(
  options: TransferOptions,
  name: string,
  place: { address: string; port: number },
  clock: Clock,
): Json {
  const bytes = options.bytes ?? Math.min(250_000, (options.rate / 8) * 6)
  const duration = bytes / (options.rate / 8)
  const time = clock.take(duration + (options.silence ?? 0))
  const points = 20
  const arrivals = Array.from({ length: points }, (_, k) => {
    const share = (k + 1) / points
    const curve = options.even === true ? share : share ** 2
    return [round(time.t0 + duration * share), Math.round(bytes * curve)]
  })
  return {
    direction: options.direction ?? 'down',
    server_name: options.role === 'target' ? name : INNOCENT,
    ...place,
    bytes,
    duration: round(duration),
    arrivals,
    status: 200,
    failure: options.silence === undefined ? null : 'generic_timeout_error',
    ...time,
    x_role: options.role,
    x_round: 0,
  }
}

function pairsAbroad(host: string, places: readonly string[], port: number, options: ControlOptions): Json[] {
  const rows: Json[] = []
  for (const [network, word] of [
    ['tcp', options.tls ?? '++'],
    ['udp', options.quic ?? '--'],
  ] as const)
    for (const address of places)
      for (const [index, said] of [...word].entries()) {
        // At an address that is not the service's nobody shows its certificate.
        const letter = index === 0 && said === '+' && options.addresses?.includes(address) === false ? 'x' : said
        const failure = FAILURES[letter]
        if (letter === '-' || failure === undefined) continue
        const t = index === 0 ? (options.slow ?? 0.1) : 0.1
        rows.push({
          address: at(address, port),
          server_name: index === 0 ? host : INNOCENT,
          network,
          role: index === 0 ? 'target' : 'innocent',
          failure,
          answered: ANSWERED.has(letter),
          t,
          ...(index === 0 && options.digests ? { certificates: options.digests } : {}),
        })
      }
  return rows
}

function controlOf(host: string, addresses: readonly string[], port: number, options: ControlOptions): Json {
  const genuine = options.addresses ?? addresses
  const tried = [...new Set([...addresses, ...genuine])]
  const page = options.http === undefined ? 200 : options.http
  return {
    tcp_connect: Object.fromEntries([
      ...(options.closed ?? []).map((place) => [place, { status: false, failure: 'connection_refused' }]),
      ...tried.map((address) => {
        const failure = options.tcp?.[address] ?? null
        return [at(address, port), { status: failure === null, failure }]
      }),
    ]),
    dns: options.dns === undefined ? { failure: null, addrs: genuine } : { failure: options.dns, addrs: [] },
    ...(page === null
      ? {}
      : {
          http_request:
            typeof page === 'string'
              ? { failure: page, status_code: 0, title: '', headers: {}, body_length: 0 }
              : {
                  failure: null,
                  status_code: page,
                  title: options.title ?? TITLE,
                  headers: {},
                  body_length: options.bytes ?? PAGE.length,
                  ...(options.first && {
                    x_first: {
                      status_code: options.first.status,
                      location: options.first.location ?? '',
                      ...(options.first.seconds !== undefined && { t: options.first.seconds }),
                    },
                  }),
                },
        }),
    x_pairs: pairsAbroad(
      host,
      tried.filter((address) => options.tcp?.[address] === undefined),
      port,
      options,
    ),
  }
}

/** The probe asks three times what may have been lost, and keeps every try (docs/methods/measuring.md). */
const tries = (said: readonly string[] | string): readonly (readonly string[] | string)[] =>
  said === 'generic_timeout_error' || said === 'dns_servfail_error' ? [said, said, said] : [said]

/**
 * One endpoint of a measurement of our own probe (docs/formats/probe-measurement.md): healthy with one round of pairs, unless
 * the options say otherwise.
 */
export function endpoint(host: string, options: EndpointOptions = {}): Json {
  const rows = new Rows()
  const port = options.port ?? 443
  const literal = /^[\d.]+$/.test(host) || host.includes(':')
  const addresses = literal ? [host] : (options.addresses ?? ['142.250.74.46'])
  const system = options.system ?? addresses
  const dialled = literal || options.addresses !== undefined || typeof system === 'string' ? addresses : system
  const first = dialled[0] ?? ''
  const lookups = literal
    ? []
    : [
        ...tries(system).map((said) => query(host, 'getaddrinfo', said, rows.clock)),
        ...tries(options.udp ?? system).map((said) => query(host, 'udp', said, rows.clock)),
        ...(options.listed === undefined ? [] : [query(host, 'listed', options.listed, rows.clock)]),
        ...(options.doh === null ? [] : [query(host, 'doh', options.doh ?? addresses, rows.clock)]),
      ]
  for (const address of dialled) {
    const failure = options.tcp?.[address] ?? null
    rows.connect({ role: 'target', round: 0, address, port }, failure)
    if (failure !== null) rows.connect({ role: 'target', round: 1, address, port }, failure)
  }
  const live = dialled.filter((address) => options.tcp?.[address] === undefined)
  const stated = options.tls
  const tls: Readonly<Record<string, Rounds>> = isRounds(stated)
    ? { [first]: stated }
    : (stated ?? (stated === null || literal ? {} : Object.fromEntries(live.map((one) => [one, ['+++']]))))
  for (const [address, words] of Object.entries(tls))
    rows.rounds('tcp', words, { name: host, address, port }, options.certificates)
  if (options.quic !== undefined) rows.rounds('udp', options.quic, { name: host, address: first, port })
  for (const [index, letter] of [...(options.crossed ?? '')].entries())
    rows.half('tcp', letter, {
      role: index === 0 ? 'innocent' : 'crossed',
      name: index === 0 ? INNOCENT : host,
      round: 0,
      address: INNOCENT_ADDRESS,
      port,
    })
  for (const letter of options.neighbour ?? '') {
    const place = { role: 'neighbour', name: INNOCENT, round: 0, address: neighbourOf(first), port }
    if (letter === '+') rows.half('tcp', '+', place)
    else rows.connect(place, 'generic_timeout_error')
  }
  const shaken = Object.values(tls).some((words) => words.some((word) => word[1] === '+' || word[1] === 's'))
  const page = options.page === undefined ? (shaken && options.use === undefined ? 200 : null) : options.page
  const requests = [
    ...(options.pages ?? []).map((one) => {
      const flow =
        one.under &&
        rows.carrier({
          name: one.host ?? host,
          address: one.address ?? first,
          port,
          ...one.under,
          role: one.role ?? 'target',
          round: one.round ?? 0,
        })
      return {
        ...exchange(`https://${one.host ?? host}/`, first, one, rows.clock),
        ...(flow && { transaction_id: flow }),
      }
    }),
    ...(page === null || options.pages !== undefined
      ? []
      : [
          exchange(
            `https://${host}/`,
            first,
            typeof page === 'string'
              ? { failure: page }
              : { status: page, ...(options.pageBody && { body: options.pageBody }) },
            rows.clock,
          ),
        ]),
    ...(options.plain ?? []).map((one) => exchange(`http://${one.host ?? host}/`, first, one, rows.clock)),
  ]
  const refused = new Set(
    (options.plain ?? []).flatMap((one) => (one.failure === 'connection_refused' ? [one.address ?? first] : [])),
  )
  const plainAt = new Set((options.plain ?? []).map((one) => one.address ?? first))
  for (const address of plainAt)
    rows.connect({ role: 'target', round: 0, address, port: 80 }, refused.has(address) ? 'connection_refused' : null)
  const control = options.control === undefined ? {} : options.control
  const scheme = stated === null && options.plain !== undefined ? 'http' : 'https'
  return {
    host,
    port,
    use: options.use ?? 'page',
    queries: lookups,
    x_dns_duplicate_responses: [
      ...(options.late === undefined ? [] : [query(host, 'udp', options.late, rows.clock)]),
      ...(options.listedLate === undefined ? [] : [query(host, 'listed', options.listedLate, rows.clock)]),
    ],
    tcp_connect: rows.tcp,
    tls_handshakes: rows.tls,
    quic_handshakes: rows.quic,
    requests: requests.toReversed(),
    x_transfers: (options.transfers ?? []).map((one) => transfer(one, host, { address: first, port }, rows.clock)),
    x_tunnels: tunnelsOf(options.tunnel, { address: first, port }, rows.clock),
    control: control === null ? null : controlOf(host, dialled, port, control),
    control_failure: control === null ? 'connection_refused' : null,
    x_control_request: { http_request: `${scheme}://${host}/` },
  }
}

const isRounds = (value: EndpointOptions['tls']): value is Rounds => Array.isArray(value)

const neighbourOf = (address: string): string => address.replace(/\d+$/, (last) => String((Number(last) % 250) + 1))

function tunnelsOf(tunnel: EndpointOptions['tunnel'], place: { address: string; port: number }, clock: Clock): Json[] {
  if (tunnel === undefined) return []
  const { protocol, transport, halves } = tunnel
  return halves.flatMap((word) =>
    [...word].map((letter, index) => ({
      protocol,
      transport,
      ...place,
      x_shape: index === 0 ? 'protocol' : 'shaped',
      failure: FAILURES[letter] ?? null,
      ...clock.take(letter === '.' ? 4 : 0.1),
      num_bytes_sent: 148,
      num_bytes_received: letter === '+' ? 92 : 0,
    })),
  )
}
