import { addressFamily } from '../model/address.ts'
import type { Observation } from '../model/measured/observation.ts'
import type { Measurement } from '../ooni/decode/decode.ts'
import type { Nettest } from '../ooni/decode/nettests.ts'
import type { OperationSet } from '../ooni/decode/operations.ts'
import { addressBook } from './address-book.ts'
import type { Certificates } from '../x509/certificates.ts'
import type { Context } from './context.ts'
import { pushControl } from './control.ts'
import { observeDns } from './dns.ts'
import { observeQuic, observeTls } from './handshake.ts'
import { chainOf, NO_CHAIN } from './hops.ts'
import { observeHttp } from './http.ts'
import { partsOf } from './parts.ts'
import { parseRequestUrl, type RequestUrl, type RequestUrls } from './request-url.ts'
import { observeTcp } from './tcp.ts'
import { observeThroughput } from './throughput.ts'
import { observeTunnel } from './tunnel.ts'
import { observeWhoami } from './whoami.ts'

/** Tests of one URL whose requests form a redirect chain. */
const CHAINED: ReadonlySet<Nettest> = new Set<Nettest>(['web_connectivity', 'urlgetter'])

/** Tests that dial addresses they were given, not names. */
const DIALLED: ReadonlySet<Nettest> = new Set<Nettest>([
  'telegram',
  'tor',
  'openvpn',
  'tcpping',
  'tlsping',
  'simplequicping',
  'quicping',
  'portfiltering',
])

/** `tcpconnect://192.0.2.1:443` and the like. */
const ENDPOINT_INPUT = /^[a-z0-9+]+:\/\/(\[[^\]]+\]|[^:/?#]+):\d+/

/** Addresses that stand where a name could: in the input, and in the URLs that were asked for. */
function literalsOf(text: string, input: RequestUrl | undefined, urls: RequestUrls): ReadonlySet<string> {
  const literals = new Set<string>()
  const dialled = input?.literal ?? dialledIn(text)
  if (dialled !== undefined && addressFamily(dialled) !== undefined) literals.add(dialled)
  for (const url of urls) if (url?.literal !== undefined) literals.add(url.literal)
  return literals
}

function dialledIn(text: string): string | undefined {
  // A port stands behind a second colon: without one there is nothing to match.
  if (text.indexOf(':') === text.lastIndexOf(':')) return undefined
  return ENDPOINT_INPUT.exec(text)?.[1]?.replace(/^\[|\]$/g, '')
}

/** URLs of the requests; the input, which is mostly the first of them, is parsed once. */
function urlsOf(set: OperationSet, text: string | undefined, input: RequestUrl | undefined): RequestUrls {
  return set.requests.map(({ url }) => (url === undefined ? undefined : url === text ? input : parseRequestUrl(url)))
}

/** What the set is about, as a URL: the input, or the endpoint that the set names (then as its control was asked). */
function aimOf(text: string | undefined, { endpoint }: OperationSet): RequestUrl | undefined {
  if (endpoint === undefined) return text === undefined ? undefined : parseRequestUrl(text)
  const host = endpoint.host.includes(':') ? `[${endpoint.host}]` : endpoint.host
  const stated = endpoint.url === undefined ? undefined : parseRequestUrl(endpoint.url)
  return stated?.host === endpoint.host ? stated : parseRequestUrl(`https://${host}:${endpoint.port}/`)
}

function contextOf(measurement: Measurement, set: OperationSet, certificates: Certificates): Context {
  const { head, nettest } = measurement
  const control = set.control ?? measurement.control
  const input = aimOf(head.input, set)
  const urls = urlsOf(set, head.input, input)
  return {
    nettest,
    startedAt: head.startedAt,
    set,
    input,
    urls,
    book: addressBook(set, control, {
      usual: DIALLED.has(nettest) ? 'literal' : 'system',
      literals: literalsOf(head.input ?? '', input, urls),
      // Our own probe records what the connection's resolver said: every other address that it dials came some other
      // way.
      ...(nettest === 'kuager' ? { unlisted: 'helper' as const } : {}),
    }),
    hops: CHAINED.has(nettest) ? chainOf(set.requests, urls) : NO_CHAIN,
    partOf: partsOf(nettest, set),
    certificates,
    readings: measurement.readings,
  }
}

function pushSet(rows: Observation[], set: OperationSet, context: Context): void {
  for (const row of set.queries) rows.push(observeDns(row, context, false))
  for (const row of set.lateAnswers) rows.push(observeDns(row, context, true))
  for (const row of set.connects) rows.push(observeTcp(row, context))
  for (const row of set.tlsHandshakes) rows.push(observeTls(row, context))
  for (const row of set.quicHandshakes) rows.push(observeQuic(row, context))
  set.requests.forEach((row, index) => rows.push(observeHttp(row, index, context)))
  for (const row of set.tunnels) rows.push(observeTunnel(row, context))
  for (const row of set.transfers) rows.push(observeThroughput(row, context))
}

/**
 * Flat rows of a decoded measurement, the probe's first, then the control's: a pure function of the measurement
 * and the certificate decoder. Hops, parts and origins: docs/formats/ooni.md, rows.
 */
export function observe(measurement: Measurement, certificates: Certificates): readonly Observation[] {
  const rows: Observation[] = []
  const { sets, control } = measurement
  for (const set of sets) {
    const context = contextOf(measurement, set, certificates)
    pushSet(rows, set, context)
    const own = set.control ?? (set === sets[0] ? control : undefined)
    if (own !== undefined) pushControl(rows, own, context)
  }
  if (measurement.whoami !== undefined) rows.push(...observeWhoami(measurement.whoami))
  return rows
}
