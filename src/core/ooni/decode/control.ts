import { addressFamily, splitEndpoint } from '../../model/address.ts'
import type { Failure } from '../../model/measured/failure.ts'
import type { NameRole } from '../../model/measured/observation.ts'
import type { Asn, Sha256 } from '../../model/units.ts'
import {
  isRecord,
  listOf,
  optionalAsn,
  optionalNumber,
  optionalRecord,
  optionalText,
  pointerToken,
  readRecord,
  type JsonRecord,
  type Writable,
} from './decoder.ts'
import { normaliseFailure, type FailedAct } from './normalise-failure.ts'
import { readFailure, tellsOutcome } from './read-failure.ts'
import { readHeaders, type HeaderRow } from './requests.ts'

export interface ControlEndpoint {
  readonly source: string
  readonly address: string
  readonly port: number
  readonly serverName?: string
  readonly failure?: Failure
}
export interface ControlPage {
  readonly source: string
  readonly overQuic: boolean
  readonly status?: number
  readonly headers: readonly HeaderRow[]
  readonly title?: string
  readonly bodyBytes?: number
  readonly failure?: Failure
}
export interface ControlLookup {
  readonly source: string
  readonly addresses: readonly string[]
  readonly canonicalNames: readonly string[]
  readonly failure?: Failure
}

/** One half of a pair as our own helper measured it in the same minute. Source: docs/formats/probe-measurement.md §2. */
export interface ControlPair {
  readonly source: string
  readonly address: string
  readonly port: number
  readonly network: 'tcp' | 'udp'
  readonly role: NameRole
  readonly serverName?: string
  readonly answered?: boolean
  /** Seconds that the handshake took. */
  readonly took?: number
  /** SHA-256 of the certificates in wire order, also where they were refused. */
  readonly certificates: readonly Sha256[]
  readonly failure?: Failure
}

/**
 * What web_connectivity's test helper saw from an uncensored vantage point. Source: docs/formats/ooni.md, test helper.
 */
export interface HelperControl {
  readonly lookup?: ControlLookup
  readonly connects: readonly ControlEndpoint[]
  readonly tlsHandshakes: readonly ControlEndpoint[]
  readonly quicHandshakes: readonly ControlEndpoint[]
  readonly pages: readonly ControlPage[]
  /** Network of an address, by address as written. */
  readonly networks: ReadonlyMap<string, Asn>
  readonly pairs?: readonly ControlPair[]
  /** The first answer, before any redirect was followed, where the helper is ours. */
  readonly first?: {
    readonly source: string
    readonly status?: number
    readonly location?: string
    /** Seconds until it had come whole. */
    readonly took?: number
  }
}

/** Endpoints of one helper answer that are read. */
const MAX_ENDPOINTS = 2_000

function endpointsOf(control: JsonRecord, key: string, at: string, stage: FailedAct): readonly ControlEndpoint[] {
  const map = optionalRecord(control, key, at)
  if (map === undefined) return []
  const rows: ControlEndpoint[] = []
  let read = 0
  for (const endpoint of Object.keys(map)) {
    if (read++ === MAX_ENDPOINTS) break
    const split = splitEndpoint(endpoint)
    if (split === undefined || map[endpoint] === null) continue
    const source = `${at}/${key}/${pointerToken(endpoint)}`
    const row = readRecord(map[endpoint], source)
    // A row that tells of no outcome is none.
    if (row === undefined || !tellsOutcome(row, source)) continue
    if (typeof row['status'] !== 'boolean' && row['failure'] === undefined) continue
    const name = optionalText(row, 'server_name', source)
    const stated = readFailure(row, source, stage)
    const failure = stated ?? (row['status'] === false ? normaliseFailure('unknown_failure', stage) : undefined)
    const made: Writable<ControlEndpoint> = { source, address: split.address, port: split.port }
    if (name) made.serverName = name
    if (failure !== undefined) made.failure = failure
    rows.push(made)
  }
  return rows
}

function lookupOf(control: JsonRecord, at: string): ControlLookup | undefined {
  const dns = optionalRecord(control, 'dns', at)
  const source = `${at}/dns`
  if (dns === undefined || !tellsOutcome(dns, source)) return undefined
  const failure = readFailure(dns, source, 'dns')
  // Clients of 2016 call the list `ips`; canonical names stand among the addresses until 2021.
  const key = Array.isArray(dns['addrs']) ? 'addrs' : 'ips'
  if (failure === undefined && !Array.isArray(dns[key])) return undefined
  const addresses: string[] = []
  const canonicalNames: string[] = []
  const entries = listOf(dns, key, source)
  for (let i = 0; i < entries.length && i < MAX_ENDPOINTS; i++) {
    const entry = entries[i]
    if (typeof entry !== 'string') continue
    if (addressFamily(entry) === undefined) canonicalNames.push(entry)
    else addresses.push(entry)
  }
  const silent = failure === undefined && addresses.length === 0 ? normaliseFailure('dns_no_answer', 'dns') : failure
  return silent === undefined
    ? { source, addresses, canonicalNames }
    : { source, addresses, canonicalNames, failure: silent }
}

function pageOf(control: JsonRecord, key: string, at: string, overQuic: boolean): ControlPage | undefined {
  const page = optionalRecord(control, key, at)
  const source = `${at}/${key}`
  if (page === undefined || !tellsOutcome(page, source)) return undefined
  const failure = readFailure(page, source, 'http')
  const status = optionalNumber(page, 'status_code', source)
  const length = optionalNumber(page, 'body_length', source)
  const answered = status !== undefined && status > 0
  if (!answered && failure === undefined) return undefined
  const title = optionalText(page, 'title', source)
  const made: Writable<ControlPage> = { source, overQuic, headers: readHeaders(page, source) }
  if (title !== undefined) made.title = title
  if (answered) made.status = status
  if (answered && length !== undefined && length >= 0) made.bodyBytes = length
  if (failure !== undefined) made.failure = failure
  return made
}

const NO_NETWORKS: ReadonlyMap<string, Asn> = new Map()

function networksOf(control: JsonRecord, at: string): ReadonlyMap<string, Asn> {
  const info = optionalRecord(control, 'ip_info', at)
  if (info === undefined) return NO_NETWORKS
  const networks = new Map<string, Asn>()
  let read = 0
  for (const address of Object.keys(info)) {
    if (read++ === MAX_ENDPOINTS) break
    const entry = info[address]
    if (!isRecord(entry)) continue
    const asn = optionalAsn(entry, 'asn', `${at}/ip_info/${pointerToken(address)}`)
    if (asn !== undefined) networks.set(address, asn)
  }
  return networks
}

/** The helper's answer; undefined where the probe did not get one. */
export function decodeControl(testKeys: JsonRecord, at: string): HelperControl | undefined {
  const control = optionalRecord(testKeys, 'control', at)
  if (control === undefined || typeof testKeys['control_failure'] === 'string') return undefined
  const place = `${at}/control`
  const lookup = lookupOf(control, place)
  const pages: ControlPage[] = []
  const page = pageOf(control, 'http_request', place, false)
  if (page !== undefined) pages.push(page)
  const pageOverQuic = pageOf(control, 'http3_request', place, true)
  if (pageOverQuic !== undefined) pages.push(pageOverQuic)
  const made: Writable<HelperControl> = {
    connects: endpointsOf(control, 'tcp_connect', place, 'tcp'),
    tlsHandshakes: endpointsOf(control, 'tls_handshake', place, 'tls'),
    quicHandshakes: endpointsOf(control, 'quic_handshake', place, 'quic'),
    pages,
    networks: networksOf(control, place),
  }
  if (lookup !== undefined) made.lookup = lookup
  return made
}
