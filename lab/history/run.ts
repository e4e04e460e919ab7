import type { CertificateShelf, ChainKind } from './certificates.ts'
import type { Probe } from './probes.ts'
import type { Random } from './random.ts'
import type { Handshake, TraceAddress } from './trace.ts'
import type { Weather } from './weather.ts'
import { OTHER_EDGE, type Site } from './world.ts'

/** One measurement being made. */
export interface Run {
  readonly probe: Probe
  readonly weather: Weather
  /** Milliseconds since 1970. */
  readonly at: number
  readonly random: Random
  readonly shelf: CertificateShelf
}

export const TIMEOUT = 'generic_timeout_error'
/** Where a login page sits: a private address, as such pages do. */
const PORTAL: TraceAddress = { address: '10.5.50.1', family: 4, asn: 0, organisation: '' }
const BOGON: TraceAddress = { address: '192.168.254.1', family: 4, asn: 0, organisation: '' }

/** True addresses of a site as the world outside sees them. */
export function trueAddresses(site: Site): readonly TraceAddress[] {
  return addresses(site, site)
}

type Servers = Pick<Site, 'v4' | 'v6' | 'asn' | 'organisation'>
const addresses = (
  site: Site,
  servers: Omit<Servers, 'v4' | 'v6'> & { v4: readonly string[]; v6: readonly string[] },
) => {
  const { asn, organisation } = servers
  const of = (family: 4 | 6) => (address: string) => ({ address, family, asn, organisation })
  return [...servers.v4.map(of(4)), ...(site.v6.length === 0 ? [] : servers.v6.map(of(6)))]
}

/** What a resolver on the measured line says of a site. `outside`: a resolver beyond the provider, asked in clear. */
export function resolve(
  run: Run,
  site: Site,
  asked: 'system' | 'outside',
): { readonly failure: string | null; readonly answers: readonly TraceAddress[] } {
  const { line, resolver, interference, origin } = run.weather
  const fail = (failure: string) => ({ failure, answers: [] })
  if (line === 'dead') return fail(TIMEOUT)
  if (line === 'portal') return { failure: null, answers: [PORTAL] }
  if (asked === 'outside' && line !== 'up') return fail(TIMEOUT)
  if (asked === 'system') {
    if (resolver === 'broken') return fail('dns_servfail_error')
    if (interference === 'dns-nxdomain') return fail('dns_nxdomain_error')
    if (interference === 'dns-bogon') return { failure: null, answers: [BOGON] }
  }
  return { failure: null, answers: origin === 'moved' ? addresses(site, OTHER_EDGE) : trueAddresses(site) }
}

/** Outcome of a TCP connection to an address. */
export function connectFailure(run: Run, address: TraceAddress): string | null {
  const { line, origin } = run.weather
  if (address.family === 6 && !run.probe.hasIpv6) return 'network_unreachable'
  if (address === PORTAL) return null
  if (address === BOGON || line === 'dead' || line === 'abroad-lost' || origin === 'down') return TIMEOUT
  return null
}

/** Outcome of a TLS handshake once connected; `index` counts the addresses of the site. */
export function handshakeResult(run: Run, site: Site, address: TraceAddress, index: number): Handshake {
  const { line, interference, origin, loss, slowed } = run.weather
  const chain = (kind: ChainKind): readonly string[] => run.shelf.chain(site.host, kind, run.at)
  const silent: Handshake = { failure: TIMEOUT, certificates: [] }
  if (address === PORTAL) return { failure: 'ssl_unknown_authority', certificates: chain('portal') }
  if (line === 'stalled' || loss === 'all') return silent
  if (interference === 'tls-silence') return silent
  if (interference === 'tls-reset') return { failure: 'connection_reset', certificates: [] }
  if (interference === 'state-certificate') return { failure: 'ssl_unknown_authority', certificates: chain('state') }
  if (origin === 'expired') return { failure: 'ssl_invalid_certificate', certificates: chain('expired') }
  if (loss === 'one' && index > 0) return silent
  return { failure: null, certificates: chain('genuine'), slowed }
}

/** Milliseconds as HTTP writes a date. */
export const httpDate = (at: number): string => new Date(at).toUTCString()
