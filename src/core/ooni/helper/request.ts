import { addressFamily, splitEndpoint } from '../../model/address.ts'
import { defined } from '../../model/defined.ts'
import { flagAt, listAt, objectAt, readHost, readObject, readText, textAt, wordAt, wrongField } from './fields.ts'
import type { JsonRecord } from '../decode/decoder.ts'

/** An address and a port, as a probe met them. */
export interface HelperEndpoint {
  readonly address: string
  readonly port: number
}

export const PAIR_ROLES = ['target', 'innocent', 'neighbour'] as const
export const PAIR_NETWORKS = ['tcp', 'udp'] as const

/** A handshake that the probe made and asks for from abroad: TLS over TCP, QUIC over UDP, under one name. */
export interface HelperPair extends HelperEndpoint {
  readonly serverName: string
  readonly network: (typeof PAIR_NETWORKS)[number]
  readonly role: (typeof PAIR_ROLES)[number]
}

/** The headers that a helper passes on, by their name on the wire. */
export const HELPER_HEADERS = ['Accept', 'Accept-Language', 'User-Agent'] as const
export type HelperHeaders = Readonly<Partial<Record<(typeof HELPER_HEADERS)[number], readonly string[]>>>

/** What a probe asks of a test helper. Source: docs/formats/control.md; OONI's web_connectivity specification. */
export interface HelperRequest {
  /** Page to fetch, http or https; absent only where the asker speaks our extension. */
  readonly url?: string
  /** Our extension: name to resolve where no page is asked. */
  readonly host?: string
  readonly headers: HelperHeaders
  readonly endpoints: readonly HelperEndpoint[]
  readonly quic: boolean
  /** Our extension: handshakes to make; absent where the asker is OONI's own probe. */
  readonly pairs?: readonly HelperPair[]
  /** Our extension: whether the helper shall say which network asks. */
  readonly client: boolean
  /** Our extension: addresses whose networks the helper shall name from its own table; nothing is sent to them. */
  readonly networks?: readonly string[]
}

/** Entries of a list that are read; more are refused. What is measured of them is the helper's own bound. */
const MOST_ENDPOINTS = 256
export const MOST_PAIRS = 24
export const MOST_NETWORKS = 8
const LONGEST_URL = 4_096
const LONGEST_HEADER = 2_048

/** `192.0.2.1:443`, `[2001:db8::1]:443`: the form of the keys of an answer. */
export const formatEndpoint = ({ address, port }: HelperEndpoint): string =>
  addressFamily(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`

/** The request as JSON; keys of the extension are in it only if it is used. */
export function encodeHelperRequest(request: HelperRequest): Readonly<Record<string, unknown>> {
  return {
    http_request: request.url ?? '',
    http_request_headers: Object.fromEntries(
      HELPER_HEADERS.flatMap((name) => {
        const values = request.headers[name]
        return values === undefined ? [] : [[name, values]]
      }),
    ),
    tcp_connect: request.endpoints.map(formatEndpoint),
    x_quic_enabled: request.quic,
    ...defined({ x_host: request.host }),
    ...(request.pairs === undefined
      ? {}
      : {
          x_pairs: request.pairs.map((pair) => ({
            address: formatEndpoint(pair),
            server_name: pair.serverName,
            network: pair.network,
            role: pair.role,
          })),
        }),
    ...(request.client ? { x_client: true } : {}),
    ...defined({ x_networks: request.networks }),
  }
}

/** Reads a request of any client. Throws InputError `helper.shape` that names the field and repeats no value. */
export function parseHelperRequest(value: unknown): HelperRequest {
  const from = readObject(value, '')
  const pairs = from['x_pairs'] === undefined || from['x_pairs'] === null ? undefined : pairsOf(from)
  const url = readUrl(from)
  const client = flagAt(from, 'x_client', '')
  const host = from['x_host'] === undefined || from['x_host'] === null ? undefined : readHost(from['x_host'], '/x_host')
  const networks = from['x_networks'] === undefined || from['x_networks'] === null ? undefined : networksOf(from)
  if (url === undefined && pairs === undefined && !client && host === undefined && networks === undefined)
    throw wrongField('/http_request', 'a URL of http or https')
  return {
    ...defined({ url, host }),
    headers: headersOf(from),
    endpoints: endpointsOf(from),
    quic: flagAt(from, 'x_quic_enabled', ''),
    ...defined({ pairs, networks }),
    client,
  }
}

/** Undefined where none is asked; the credentials and the fragment of a URL never travel. */
function readUrl(from: JsonRecord): string | undefined {
  const text = textAt(from, 'http_request', '', LONGEST_URL)
  if (text === undefined || text === '') return undefined
  const url = URL.parse(text)
  const fits =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.hostname !== '' &&
    url.username === '' &&
    url.password === '' &&
    url.port !== '0'
  if (!fits) throw wrongField('/http_request', 'a URL of http or https')
  return text
}

function headersOf(from: JsonRecord): HelperHeaders {
  const given = objectAt(from, 'http_request_headers', '')
  if (given === undefined) return {}
  const headers: Partial<Record<(typeof HELPER_HEADERS)[number], readonly string[]>> = {}
  for (const key of Object.keys(given)) {
    const name = HELPER_HEADERS.find((known) => known.toLowerCase() === key.toLowerCase())
    if (name === undefined) continue // never passed on
    const path = `/http_request_headers/${name}`
    headers[name] = listAt(given, key, '/http_request_headers', 8).map((value) => {
      const text = readText(value, path, LONGEST_HEADER)
      // eslint-disable-next-line no-control-regex -- header values hold none, RFC 9110 §5.5
      if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw wrongField(path, 'characters of a header')
      return text
    })
  }
  return headers
}

/** Entries that are no address and port are passed over, as OONI's helper does. */
function endpointsOf(from: JsonRecord): readonly HelperEndpoint[] {
  return listAt(from, 'tcp_connect', '', MOST_ENDPOINTS).flatMap((entry) => {
    const split = splitEndpoint(readText(entry, '/tcp_connect', 64))
    return split === undefined || split.port === 0 ? [] : [split]
  })
}

const networksOf = (from: JsonRecord): readonly string[] =>
  listAt(from, 'x_networks', '', MOST_NETWORKS).map((entry, index) => {
    const address = readText(entry, `/x_networks/${index}`, 64)
    if (addressFamily(address) === undefined) throw wrongField(`/x_networks/${index}`, 'an address')
    return address
  })

function pairsOf(from: JsonRecord): readonly HelperPair[] {
  return listAt(from, 'x_pairs', '', MOST_PAIRS).map((entry, index) => {
    const at = `/x_pairs/${index}`
    const row = readObject(entry, at)
    const split = splitEndpoint(readText(row['address'], `${at}/address`, 64))
    if (split === undefined || split.port === 0) throw wrongField(`${at}/address`, 'an address and a port')
    return {
      ...split,
      serverName: readHost(row['server_name'], `${at}/server_name`),
      network: wordAt(row, 'network', at, PAIR_NETWORKS),
      role: wordAt(row, 'role', at, PAIR_ROLES),
    }
  })
}
