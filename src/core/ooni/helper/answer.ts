import { splitEndpoint } from '../../model/address.ts'
import { defined } from '../../model/defined.ts'
import { flagAt, listAt, numberAt, objectAt, readObject, readText, textAt, wordAt, wrongField } from './fields.ts'
import { isRecord, type JsonRecord, type Writable } from '../decode/decoder.ts'
import { PAIR_NETWORKS, PAIR_ROLES, type HelperPair, formatEndpoint } from './request.ts'

/** How a connection or a handshake went, in the helper's words; null for success. */
export interface HelperConnect {
  /** `192.0.2.1:443` */
  readonly endpoint: string
  readonly failure: string | null
}
export interface HelperHandshake extends HelperConnect {
  readonly serverName: string
}

/** The page as it looked from abroad; −1 and empty where it failed. */
export interface HelperPage {
  readonly bodyLength: number
  /** `example.org:443` where the first answer offered HTTP/3 there; empty elsewhere. */
  readonly h3Endpoint: string
  readonly failure: string | null
  readonly title: string
  /** First value of each header. */
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  /** Our extension: the answer before any redirect was followed, also where one of them failed. */
  readonly first?: HelperFirstAnswer
}

/** Status of an answer, and where it sends: a redirect in cleartext may be the page's own or someone else's. */
export interface HelperFirstAnswer {
  readonly status: number
  readonly location?: string
  /** Seconds from the request to the end of its answer. */
  readonly seconds?: number
}

/** What the helper knows of an address. */
export interface HelperAddress {
  readonly address: string
  /** 0 where not known. */
  readonly asn: number
  readonly fromProbe: boolean
  readonly fromHelper: boolean
  readonly bogon: boolean
  /** A TLS handshake under the name succeeded there. */
  readonly valid: boolean
}

/** Our extension: a handshake of a pair, made from abroad. */
export interface HelperPairAnswer extends HelperPair {
  readonly failure: string | null
  /** Whether anything of TLS or QUIC came back. */
  readonly answered: boolean
  /** Seconds from the ClientHello (from the start, where none was sent) to the end. */
  readonly seconds: number
  /** SHA-256 of the certificates in wire order, in hexadecimal, also where they were refused; empty where none came. */
  readonly certificates: readonly string[]
}

/** Our extension: which network asked. `AS0`, `ZZ` and empty where the helper does not know. */
export interface HelperClient {
  readonly asn: string
  readonly country: string
  readonly name: string
  /** The address of the client, given only to that client, so that it can erase the address from what it writes. */
  readonly address?: string
}

/** A test helper's answer. Source: docs/formats/control.md; OONI's web_connectivity specification. */
export interface HelperAnswer {
  readonly connects: readonly HelperConnect[]
  readonly tls: readonly HelperHandshake[]
  readonly quic: readonly HelperHandshake[]
  readonly page?: HelperPage
  readonly pageOverQuic?: HelperPage
  readonly lookup?: { readonly failure: string | null; readonly addresses: readonly string[] }
  readonly addresses: readonly HelperAddress[]
  readonly pairs?: readonly HelperPairAnswer[]
  readonly client?: HelperClient
  /** Our extension: network number by address, 0 where the helper does not know it. */
  readonly networks?: Readonly<Record<string, number>>
}

/** Bits of `flags`. */
const FROM_PROBE = 1
const FROM_HELPER = 2
const BOGON = 4
const VALID = 8

/** A page that could not be fetched. */
export const failedPage = (failure: string): HelperPage => ({
  bodyLength: -1,
  h3Endpoint: '',
  failure,
  title: '',
  headers: {},
  status: -1,
})

const encodePage = (page: HelperPage): Readonly<Record<string, unknown>> => ({
  body_length: page.bodyLength,
  discovered_h3_endpoint: page.h3Endpoint,
  failure: page.failure,
  title: page.title,
  headers: page.headers,
  status_code: page.status,
  ...(page.first === undefined
    ? {}
    : {
        x_first: {
          status_code: page.first.status,
          ...defined({ location: page.first.location, t: page.first.seconds }),
        },
      }),
})

const encodeHandshakes = (rows: readonly HelperHandshake[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    rows.map(({ endpoint, serverName, failure }) => [
      endpoint,
      { server_name: serverName, status: failure === null, failure },
    ]),
  )

/** The answer as JSON, keys in OONI's order; empty `tls_handshake` and `ip_info` are left out, `quic_handshake` never. */
export function encodeHelperAnswer(answer: HelperAnswer): Readonly<Record<string, unknown>> {
  return {
    tcp_connect: Object.fromEntries(
      answer.connects.map(({ endpoint, failure }) => [endpoint, { status: failure === null, failure }]),
    ),
    ...(answer.tls.length === 0 ? {} : { tls_handshake: encodeHandshakes(answer.tls) }),
    quic_handshake: encodeHandshakes(answer.quic),
    http_request: answer.page === undefined ? null : encodePage(answer.page),
    http3_request: answer.pageOverQuic === undefined ? null : encodePage(answer.pageOverQuic),
    dns: answer.lookup === undefined ? null : { failure: answer.lookup.failure, addrs: answer.lookup.addresses },
    ...(answer.addresses.length === 0 ? {} : { ip_info: encodeAddresses(answer.addresses) }),
    ...(answer.pairs === undefined ? {} : { x_pairs: answer.pairs.map(encodePair) }),
    ...(answer.client === undefined ? {} : { x_client: encodeClient(answer.client) }),
    ...defined({ x_networks: answer.networks }),
  }
}

const encodeClient = ({ asn, country, name, address }: HelperClient): Readonly<Record<string, unknown>> => ({
  asn,
  cc: country,
  name,
  ...defined({ address }),
})

const encodeAddresses = (rows: readonly HelperAddress[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    rows.map((row) => [
      row.address,
      {
        asn: row.asn,
        flags:
          (row.fromProbe ? FROM_PROBE : 0) |
          (row.fromHelper ? FROM_HELPER : 0) |
          (row.bogon ? BOGON : 0) |
          (row.valid ? VALID : 0),
      },
    ]),
  )

const encodePair = (pair: HelperPairAnswer): Readonly<Record<string, unknown>> => ({
  address: formatEndpoint(pair),
  server_name: pair.serverName,
  network: pair.network,
  role: pair.role,
  failure: pair.failure,
  answered: pair.answered,
  t: pair.seconds,
  ...(pair.certificates.length === 0 ? {} : { certificates: pair.certificates }),
})

/** Rows of one list or map of an answer that are read; more are refused. */
const MOST_ROWS = 512
const LONGEST_WORD = 512
const LONGEST_HEADER = 16_384
/** Most certificates of one chain in an answer, and most letters of a location. */
export const MOST_CERTIFICATES = 10
export const LONGEST_LOCATION = 2_048

/** Reads the answer of any helper. Throws InputError `helper.shape` that names the field and repeats no value. */
export function parseHelperAnswer(value: unknown): HelperAnswer {
  const from = readObject(value, '')
  const made: Writable<HelperAnswer> = {
    connects: entriesOf(from, 'tcp_connect').map(([endpoint, row, at]) => ({ endpoint, failure: failureAt(row, at) })),
    tls: handshakesOf(from, 'tls_handshake'),
    quic: handshakesOf(from, 'quic_handshake'),
    addresses: addressesOf(from),
  }
  const page = pageAt(from, 'http_request')
  if (page !== undefined) made.page = page
  const pageOverQuic = pageAt(from, 'http3_request')
  if (pageOverQuic !== undefined) made.pageOverQuic = pageOverQuic
  const dns = objectAt(from, 'dns', '')
  if (dns !== undefined)
    made.lookup = {
      failure: failureAt(dns, '/dns'),
      addresses: listAt(dns, 'addrs', '/dns', MOST_ROWS).map((entry) => readText(entry, '/dns/addrs', 256)),
    }
  if (from['x_pairs'] !== undefined && from['x_pairs'] !== null) made.pairs = pairsOf(from)
  const client = objectAt(from, 'x_client', '')
  if (client !== undefined) made.client = clientOf(client)
  return made
}

type Entry = readonly [key: string, row: JsonRecord, at: string]

function entriesOf(from: JsonRecord, key: string): readonly Entry[] {
  const map = objectAt(from, key, '')
  if (map === undefined) return []
  const keys = Object.keys(map)
  if (keys.length > MOST_ROWS) throw wrongField(`/${key}`, `at most ${MOST_ROWS} entries`)
  return keys.flatMap((entry) => {
    const row = map[entry]
    return row === null ? [] : [[readText(entry, `/${key}`, 256), readObject(row, `/${key}`), `/${key}`] as const]
  })
}

/** A word, or `unknown_failure` where only `status` says that it failed. */
function failureAt(row: JsonRecord, at: string): string | null {
  const word = textAt(row, 'failure', at, LONGEST_WORD)
  if (word !== undefined && word !== '') return word
  return row['status'] === false ? 'unknown_failure' : null
}

const handshakesOf = (from: JsonRecord, key: string): readonly HelperHandshake[] =>
  entriesOf(from, key).map(([endpoint, row, at]) => ({
    endpoint,
    serverName: textAt(row, 'server_name', at, 256) ?? '',
    failure: failureAt(row, at),
  }))

function pageAt(from: JsonRecord, key: string): HelperPage | undefined {
  const row = objectAt(from, key, '')
  if (row === undefined) return undefined
  const at = `/${key}`
  const headers: Record<string, string> = {}
  const given = objectAt(row, 'headers', at) ?? {}
  for (const name of Object.keys(given).slice(0, MOST_ROWS)) {
    const text = given[name]
    if (typeof text === 'string' && name !== '__proto__') headers[name] = text.slice(0, LONGEST_HEADER)
  }
  return {
    bodyLength: numberAt(row, 'body_length', at, { least: -1, most: 2 ** 53 }) ?? -1,
    h3Endpoint: textAt(row, 'discovered_h3_endpoint', at, 512) ?? '',
    failure: failureAt(row, at),
    title: textAt(row, 'title', at, 4_096) ?? '',
    headers,
    status: numberAt(row, 'status_code', at, { least: -1, most: 999 }) ?? -1,
    ...firstOf(row, at),
  }
}

function firstOf(page: JsonRecord, path: string): Pick<HelperPage, 'first'> {
  const row = objectAt(page, 'x_first', path)
  if (row === undefined) return {}
  const at = `${path}/x_first`
  const status = numberAt(row, 'status_code', at, { least: 0, most: 999 })
  if (status === undefined) throw wrongField(`${at}/status_code`, 'a status')
  const location = textAt(row, 'location', at, LONGEST_HEADER)?.slice(0, LONGEST_LOCATION)
  const seconds = numberAt(row, 't', at, { least: 0, most: 3_600 })
  return { first: { status, ...defined({ location, seconds }) } }
}

function addressesOf(from: JsonRecord): readonly HelperAddress[] {
  return entriesOf(from, 'ip_info').map(([address, row, at]) => {
    const flags = numberAt(row, 'flags', at, { least: 0, most: 2 ** 31 }) ?? 0
    return {
      address,
      asn: numberAt(row, 'asn', at, { least: 0, most: 2 ** 32 - 1 }) ?? 0,
      fromProbe: (flags & FROM_PROBE) !== 0,
      fromHelper: (flags & FROM_HELPER) !== 0,
      bogon: (flags & BOGON) !== 0,
      valid: (flags & VALID) !== 0,
    }
  })
}

function pairsOf(from: JsonRecord): readonly HelperPairAnswer[] {
  return listAt(from, 'x_pairs', '', MOST_ROWS).map((entry, index) => {
    const at = `/x_pairs/${index}`
    if (!isRecord(entry)) throw wrongField(at, 'an object')
    const split = splitEndpoint(readText(entry['address'], `${at}/address`, 64))
    if (split === undefined) throw wrongField(`${at}/address`, 'an address and a port')
    return {
      ...split,
      serverName: readText(entry['server_name'], `${at}/server_name`, 253),
      network: wordAt(entry, 'network', at, PAIR_NETWORKS),
      role: wordAt(entry, 'role', at, PAIR_ROLES),
      failure: failureAt(entry, at),
      answered: flagAt(entry, 'answered', at),
      seconds: numberAt(entry, 't', at, { least: 0, most: 3_600 }) ?? 0,
      certificates: listAt(entry, 'certificates', at, MOST_ROWS)
        .slice(0, MOST_CERTIFICATES)
        .map((one) => {
          const digest = readText(one, `${at}/certificates`, 64)
          if (!/^[0-9a-f]{64}$/.test(digest)) throw wrongField(`${at}/certificates`, 'a SHA-256 in hexadecimal')
          return digest
        }),
    }
  })
}

/** The network as numbers and letters that are known to be such; anything else is "not known". */
function clientOf(row: JsonRecord): HelperClient {
  const asn = textAt(row, 'asn', '/x_client', 16) ?? ''
  const country = textAt(row, 'cc', '/x_client', 2) ?? ''
  return {
    asn: /^AS\d{1,10}$/.test(asn) ? asn : 'AS0',
    country: /^[A-Z]{2}$/.test(country) ? country : 'ZZ',
    name: textAt(row, 'name', '/x_client', 256) ?? '',
  }
}
