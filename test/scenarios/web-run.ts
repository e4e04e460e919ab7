import { defined } from '../../src/core/model/defined.ts'
import { EXAMPLE_ADDRESS, EXAMPLE_PAGE, exchange, measurement, type Json } from '../kit/measured/measurement.ts'

/** Builders of whole web runs, row by row, for scenarios in which the order and the flows of rows matter. */

export const HOST = 'www.example.com'
export const SECURE = 'https://www.example.com/'
export const PLAIN = 'http://www.example.com/'
export const GENUINE = EXAMPLE_ADDRESS
export const OTHER = '93.184.215.15'
export const IPV6 = '2606:2800:21f:cb07:6820:80da:af6b:8b2c'
/** An address of another network, AS64499. */
export const FOREIGN = '185.60.1.1'

export const page = (title: string, words = 80): string =>
  `<html><head><title>${title}</title></head><body>${'Other words. '.repeat(words)}</body></html>`

export const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** A row of one numbered flow. */
export const flow = (row: Json, id: number): Json => ({ ...row, transaction_id: id })
/** A row of the handshake that newer clients try on port 443 beside a cleartext URL, fetching nothing. */
export const side = (row: Json): Json => ({
  ...row,
  transaction_id: 50099,
  tags: ['tcptls_experiment', 'depth=0', 'fetch_body=false'],
})

export const redirect = (from: string, to: string, address?: string, depth = 0): Json =>
  exchange(from, {
    status: 302,
    headers: [['Location', to]],
    body: '',
    depth,
    ...defined({ address }),
  })

interface Rows {
  readonly queries?: readonly Json[]
  readonly connects?: readonly Json[]
  readonly handshakes?: readonly Json[]
  readonly requests?: readonly Json[]
  readonly control: Json
}

/** A run of web_connectivity 0.5. */
export function run(url: string, rows: Rows, root: Json = {}): Json {
  const keys: Json = {
    queries: rows.queries ?? [],
    tcp_connect: rows.connects ?? [],
    tls_handshakes: rows.handshakes ?? [],
    requests: rows.requests ?? [],
    ...rows.control,
  }
  return measurement('web_connectivity', '0.5.28', keys, { root: { input: url, ...root } })
}

/** A run of the clients before 0.4: no flows, no networks, no list of handshakes. */
export function oldRun(url: string, rows: Omit<Rows, 'handshakes'>, version = '0.2.0'): Json {
  const plain = (list: readonly Json[] = []): Json[] =>
    list.map(({ transaction_id: _id, tags: _tags, t0: _t0, t: _t, address: _address, ...row }) => row)
  const withoutNetworks = (row: Json): Json => ({
    ...row,
    engine: undefined,
    answers: (row['answers'] as Json[]).map(({ asn: _asn, ...answer }) => answer), // query() makes a list of objects
  })
  const keys: Json = {
    queries: plain(rows.queries).map(withoutNetworks),
    tcp_connect: plain(rows.connects),
    requests: plain(rows.requests),
    ...rows.control,
  }
  const root = { input: url, test_version: version, software_name: 'ooniprobe' }
  return measurement('web_connectivity', version, keys, { startedAt: '2018-05-01 10:00:00', root })
}

export const pageOpened = (extra: Json = {}): Json => ({
  body_length: EXAMPLE_PAGE.length,
  failure: null,
  title: 'Example Domain',
  headers: { 'Content-Type': 'text/html' },
  status_code: 200,
  ...extra,
})
export const pageFailed = (failure: string): Json => ({
  body_length: -1,
  failure,
  title: '',
  headers: {},
  status_code: -1,
})

interface ControlOptions {
  readonly host?: string
  readonly addresses?: readonly string[]
  /** Addresses whose endpoints the helper tried; those it resolved, where absent. */
  readonly tested?: readonly string[]
  readonly ports?: readonly number[]
  readonly dns?: string
  readonly tcp?: (address: string) => string | null
  readonly tls?: (address: string) => string | null
  readonly page?: Json
}

/** What the helper says; FOREIGN lies in another network than every other address. */
export function control(options: ControlOptions = {}): Json {
  const addresses = options.dns === undefined ? (options.addresses ?? [GENUINE]) : []
  const connects: Json = {}
  const handshakes: Json = {}
  const networks: Json = {}
  for (const address of options.tested ?? addresses) {
    networks[address] = { asn: address === FOREIGN ? 64499 : 15133, flags: 3 }
    for (const port of options.ports ?? [443]) {
      const failure = options.tcp?.(address) ?? null
      connects[endpoint(address, port)] = { status: failure === null, failure }
      if (port !== 443 || failure !== null) continue
      const refused = options.tls?.(address) ?? null
      handshakes[endpoint(address, port)] = {
        server_name: options.host ?? HOST,
        status: refused === null,
        failure: refused,
      }
    }
  }
  return {
    control_failure: null,
    control: {
      tcp_connect: connects,
      tls_handshake: handshakes,
      http_request: options.page ?? pageOpened(),
      dns: { failure: options.dns ?? null, addrs: addresses },
      ip_info: networks,
    },
  }
}

/** What the helper of the clients before 0.4 says: no handshakes and no networks. */
export const oldControl = (options: { addresses?: readonly string[]; connects?: Json; page?: Json } = {}): Json => ({
  control_failure: null,
  control: {
    tcp_connect: options.connects ?? {},
    http_request: options.page ?? pageOpened(),
    dns: { failure: null, addrs: options.addresses ?? [GENUINE] },
  },
})

export const NO_CONTROL: Json = { control_failure: 'unknown_failure: httpapi: all endpoints failed', control: null }
