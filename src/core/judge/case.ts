import { canonicalAddress } from '../model/address.ts'
import { canonicalHostname } from '../model/hostname.ts'
import type { MeasurementHead } from '../model/measured/measurement.ts'
import type {
  DnsObservation,
  HttpObservation,
  Observation,
  QuicObservation,
  TcpObservation,
  TlsObservation,
} from '../model/measured/observation.ts'
import type { Service } from '../model/tables/service.ts'
import type { Tables } from '../model/tables/tables.ts'
import type { HalvesTally } from './kuager/chance.ts'
import { sentTo } from './sent-to.ts'
import { brokenResolver, ignoredOnThisLine } from './line.ts'

/** The rows of one step of a redirect chain, as the probe saw it. */
export interface Hop {
  readonly index: number
  /** Lower-case ASCII host, where any row tells it. */
  readonly host: string | undefined
  readonly scheme: 'http' | 'https' | undefined
  readonly port: number | undefined
  readonly dns: readonly DnsObservation[]
  readonly tcp: readonly TcpObservation[]
  readonly tls: readonly TlsObservation[]
  readonly quic: readonly QuicObservation[]
  readonly http: readonly HttpObservation[]
  /** Requests were recorded for this step, and none of them is for the host that the input asks for. */
  readonly adrift?: true
}

/** What the helper reported, by endpoint. It tests the first hop and follows redirects to the last page alone. */
export interface ControlView {
  readonly dns: readonly DnsObservation[]
  readonly tcp: ReadonlyMap<string, TcpObservation>
  readonly tls: ReadonlyMap<string, TlsObservation>
  readonly quic: ReadonlyMap<string, QuicObservation>
  readonly http: HttpObservation | undefined
  /** Whether the helper said anything at all. */
  readonly present: boolean
}

/** One measurement laid out for judging: hops of the person's run, and the control beside them. */
export interface Case {
  readonly head: MeasurementHead
  readonly tables: Tables
  /** Listed service under test, where it is one. */
  readonly service: Service | undefined
  readonly hops: readonly Hop[]
  readonly control: ControlView
  /** The line's own resolver answers nothing, while others on the line do: row that shows it. */
  readonly brokenResolver: DnsObservation | undefined
  /**
   * Lookups of other names by the line's resolver in the same run, where our own probe tells them: then an encrypted
   * answer stands for a control that is absent, and a lookup that fails as often as others is lost.
   */
  readonly otherLookups?: HalvesTally
  /** First answers of public resolvers that our own probe asked by packets: no control, and no part of the person's path. */
  readonly listedAnswers?: readonly DnsObservation[]
  /** Probe rows the line itself explains: kept for the grounds, no evidence. */
  readonly ignored: readonly Observation[]
}

/** One spelling of an address: IPv6 has many, IPv4 one. */
export const addressKey = (address: string): string =>
  address.includes(':') ? (canonicalAddress(address) ?? address) : address

/** `address:port` in one spelling, as the key of an endpoint. */
export const endpointKey = (address: string, port: number): string => `${addressKey(address)}:${port}`

const keyOf = (row: { address?: string; port?: number }): string | undefined =>
  row.address === undefined || row.port === undefined ? undefined : endpointKey(row.address, row.port)

/** Lays the rows of one web measurement out by hop, with the rows that the probe's own line explains set apart. */
export function openCase(
  head: MeasurementHead,
  observations: readonly Observation[],
  service: Service | undefined,
  tables: Tables,
): Case {
  const probe = observations.filter((row) => row.side === 'probe' && row.part !== 'resolver')
  const ignored = ignoredOnThisLine(probe, head.line?.ipv6)
  const explained = new Set(ignored)
  const kept = ignored.length === 0 ? probe : probe.filter((row) => !explained.has(row))
  return {
    head,
    tables,
    service,
    hops: layOutHops(kept, head.input),
    control: layOutControl(observations),
    brokenResolver: brokenResolver(observations),
    ignored,
  }
}

function layOutHops(rows: readonly Observation[], input: string | undefined): readonly Hop[] {
  const last = rows.reduce((most, row) => Math.max(most, row.hop), 0)
  return Array.from({ length: last + 1 }, (_, index) => layOutHop(index, rows, input)).filter(
    (hop) => hop.dns.length + hop.tcp.length + hop.tls.length + hop.quic.length + hop.http.length > 0,
  )
}

/** Where the hop was meant to lead, as far as a URL tells it. */
interface Aim {
  readonly host: string | undefined
  readonly scheme: 'http' | 'https'
  readonly port: number | undefined
  /** The place itself is withheld: what was dialled tells more. */
  readonly withheld?: true
}

function layOutHop(index: number, rows: readonly Observation[], input: string | undefined): Hop {
  const dns: DnsObservation[] = []
  const tcp: TcpObservation[] = []
  const tls: TlsObservation[] = []
  const quic: QuicObservation[] = []
  const asked: HttpObservation[] = []
  for (const row of rows) {
    if (row.hop !== index) continue
    if (row.kind === 'dns') dns.push(row)
    else if (row.kind === 'tcp') tcp.push(row)
    else if (row.kind === 'tls') tls.push(row)
    else if (row.kind === 'quic') quic.push(row)
    else if (row.kind === 'http') asked.push(row)
  }
  const meant = aimOf(index, rows, input)
  const http = onPath(asked, index === 0 ? meant : undefined)
  const page = http.find((row) => row.scheme !== undefined)
  const aim = page === undefined ? meant : undefined
  const dialled = tls[0]?.name ?? dns[0]?.name ?? tcp.find((row) => row.name !== undefined)?.name
  const host = page?.host ?? (aim?.withheld === true ? (dialled ?? aim.host) : (aim?.host ?? dialled))
  const scheme = page?.scheme ?? aim?.scheme ?? guessScheme(tcp, tls)
  const port = page?.port ?? aim?.port ?? (scheme && (scheme === 'https' ? 443 : 80))
  // Old clients list a host's connections once: a later hop to the same host and another port finds its own there.
  if (host !== undefined && !tcp.some((row) => row.port === port))
    for (const row of rows)
      if (row.kind === 'tcp' && row.hop !== index && row.name === host && row.port === port) tcp.push(row)
  // Beside a cleartext URL newer clients list the handshake's failure alone where no cleartext request was made.
  const adrift = http.length === 0 && asked.length > 0 && !asked.some((row) => row.host === meant?.host)
  return { index, host, scheme, port, dns, tcp, tls, quic, http, ...(adrift ? { adrift } : {}) }
}

/**
 * Requests of the person's path. For a cleartext URL newer clients also open a handshake on port 443, fetch nothing
 * there, and may list its failure as a request: a hop with requests of both schemes is a cleartext one. `input`: what
 * the first hop was asked for. A request there for something else is none of its own, also where no other is left.
 */
function onPath(http: readonly HttpObservation[], input: Aim | undefined): readonly HttpObservation[] {
  const own = input === undefined ? http : http.filter((row) => isFor(row, input))
  if (!own.some((row) => row.scheme === 'http') || !own.some((row) => row.scheme === 'https')) return own
  return own.filter((row) => row.scheme === 'http')
}

const isFor = (row: HttpObservation, { host, scheme }: Aim): boolean =>
  (row.scheme === undefined || row.scheme === scheme) && (row.host === undefined || row.host === host)

/** Where no request was recorded: the input, or the redirect that led to this hop. */
function aimOf(index: number, rows: readonly Observation[], input: string | undefined): Aim | undefined {
  const before = rows.find(
    (row): row is HttpObservation =>
      row.kind === 'http' &&
      row.hop === index - 1 &&
      (row.location ?? row.read?.location) !== undefined &&
      row.url !== undefined,
  )
  if (index > 0 && before?.read !== undefined) return aimRead(before)
  const url =
    index === 0
      ? input === undefined
        ? null
        : URL.parse(input)
      : before?.location !== undefined
        ? URL.parse(before.location, before.url)
        : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const scheme = url.protocol === 'https:' ? 'https' : 'http'
  return {
    host: canonicalHostname(host) ?? host,
    scheme,
    port: url.port === '' ? undefined : Number(url.port),
  }
}

/** Where the place of the redirect is withheld: whether it is another owner's, and its scheme, are all that is known. */
function aimRead(before: HttpObservation): Aim | undefined {
  const sent = sentTo(before)
  if (sent === undefined) return undefined
  const host = sent.is('elsewhere') ? sent.host : before.host
  return { host, scheme: sent.is('cleartext') ? 'http' : 'https', port: undefined, withheld: true }
}

/** Where no request was recorded, because an earlier step failed: handshakes and ports tell what was meant. */
function guessScheme(tcp: readonly TcpObservation[], tls: readonly TlsObservation[]): 'http' | 'https' | undefined {
  if (tcp.some((row) => row.port === 80)) return 'http'
  return tls.length > 0 || tcp.some((row) => row.port === 443) ? 'https' : undefined
}

function layOutControl(observations: readonly Observation[]): ControlView {
  const dns: DnsObservation[] = []
  const tcp = new Map<string, TcpObservation>()
  const tls = new Map<string, TlsObservation>()
  const quic = new Map<string, QuicObservation>()
  let http: HttpObservation | undefined
  for (const row of observations) {
    if (row.side !== 'control') continue
    if (row.kind === 'dns') dns.push(row)
    else if (row.kind === 'http') http = row.first === true ? http : (http ?? row)
    else if (row.kind === 'tcp') tcp.set(endpointKey(row.address, row.port), row)
    else if (row.kind === 'tls' || row.kind === 'quic') {
      const key = keyOf(row)
      if (key === undefined || row.role !== 'target') continue
      if (row.kind === 'tls') put(tls, key, row)
      else put(quic, key, row)
    }
  }
  const present = dns.length > 0 || tcp.size > 0 || tls.size > 0 || quic.size > 0 || http !== undefined
  return { dns, tcp, tls, quic, http, present }
}

/** Where the helper tried an endpoint twice, one that passed shows that it works. */
function put<Row extends { readonly failure?: unknown }>(map: Map<string, Row>, key: string, row: Row): void {
  const known = map.get(key)
  if (known === undefined || (known.failure !== undefined && row.failure === undefined)) map.set(key, row)
}

/** Rows on addresses of the person's own path: what the system resolver answered, a literal, or not told. */
export const onOwnPath = (row: { readonly origin: string }): boolean =>
  row.origin === 'system' || row.origin === 'literal' || row.origin === 'unknown'

/**
 * The service is down for the control: its page does not open, and it fails at an address that it was given itself. At one
 * that only the probe was given, a control that fails says nothing of the service. Where the helper tells no lookup, and
 * for an address in the URL, there is no such difference.
 */
export const isDownForControl = (it: Case, rows: readonly (TcpObservation | TlsObservation)[]): boolean =>
  !controlAnswered(it.control) && rows.some((row) => row.failure !== undefined && givenToControl(it, row))

function givenToControl({ control }: Case, { address, origin }: TcpObservation | TlsObservation): boolean {
  if (address === undefined || origin === 'literal' || control.dns.length === 0) return true
  const key = addressKey(address)
  return control.dns.some(({ answers }) => answers.some((one) => addressKey(one.address) === key))
}

/** The control's last page is a 2xx: only then does it say anything of later hops (docs/methods/judging.md, redirects). */
export const controlPageOpens = (control: ControlView): boolean =>
  control.http?.failure === undefined &&
  control.http?.status !== undefined &&
  control.http.status >= 200 &&
  control.http.status < 300

/** The control got an HTTP answer of any kind. */
export const controlAnswered = (control: ControlView): boolean =>
  control.http !== undefined && control.http.failure === undefined && (control.http.status ?? 0) > 0
