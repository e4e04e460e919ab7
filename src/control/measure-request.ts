import { addressFamily, canonicalAddress } from '../core/model/address.ts'
import { defined } from '../core/model/defined.ts'
import type { HandshakeOutcome } from '../core/model/measured/operation.ts'
import { portOf } from '../core/model/port.ts'
import { millis } from '../core/model/units.ts'
import { handshakeQuic } from '../net/quic/quic.ts'
import type { NetTools } from '../net/tools.ts'
import type { Networks } from '../runtime/tables/networks.ts'
import type { HelperAddress, HelperAnswer, HelperPage } from '../core/ooni/helper/answer.ts'
import { helperDnsWord, helperTlsWord } from '../core/ooni/helper/failure.ts'
import type { HelperEndpoint, HelperRequest } from '../core/ooni/helper/request.ts'
import { measureEndpoints, type EndpointAnswer } from './measure-endpoints.ts'
import { boundedPage } from './bounded-page.ts'
import { MOST_TRIES } from './fetch-page.ts'
import { fetchPageOverQuic } from './fetch-page-quic.ts'
import { repeatPairs } from './measure-pairs.ts'
import type { ResolvedNames, NameResolver } from './resolve-names.ts'
import type { Reachable } from './reachable-address.ts'
import type { Destinations } from './destinations.ts'

/**
 * Longest time of a lookup, of a connection (the first SYN and those after one and three seconds), and of a handshake.
 * One after the other they and the page's (bounded-page.ts) stay below what a probe waits: src/probe/plan/limits.ts, control.
 */
const LOOKUP_LIMIT = millis(4_000)
const CONNECT_LIMIT = millis(4_000)
export const HALF_LIMIT = millis(6_000)
/** Endpoints of one request that are measured; the probe's come first. */
export const MOST_ENDPOINTS = 16
/** QUIC handshakes of one request, pairs apart. */
const MOST_QUIC = 4

/** A page cannot be fetched just now without hammering its server: no answer is better than a failure we made. */
export class ControlBusy extends Error {
  override readonly name = 'ControlBusy'
  /** Seconds after which to ask again. */
  readonly retryAfter: number
  constructor(retryAfter: number) {
    super('too many requests for one destination')
    this.retryAfter = retryAfter
  }
}

/** What a control is made of; nothing of a request outlives it. */
export interface ControlParts {
  readonly clock: NetTools['clock']
  readonly reachable: Reachable
  readonly resolve: NameResolver
  readonly networks: Pick<Networks, 'lookup' | 'network'>
  readonly extraRoots: readonly string[]
  /** Handshakes towards one destination address, for all clients together: no one is flooded through us. */
  readonly destinations: Pick<Destinations, 'take'>
}

/** Measures what was asked; throws the reason of `signal` where the asker went away. */
export async function measureRequest(
  request: HelperRequest,
  parts: ControlParts,
  signal: AbortSignal,
): Promise<HelperAnswer> {
  const net = (limit: NetTools['limit']): NetTools => ({
    clock: parts.clock,
    signal,
    limit,
    connectLimit: CONNECT_LIMIT,
    extraRoots: parts.extraRoots,
  })
  const asked = askedOf(request)
  const resolve = once((name) => parts.resolve(name, net(LOOKUP_LIMIT)))
  const found = asked.host === undefined ? undefined : resolve(asked.host)
  const pairs = repeatPairs(request.pairs ?? [], parts, net(HALF_LIMIT))
  const endpoints = endpointsAfter(found, { request, asked, parts, net })
  const page = asked.url && pageAfter(asked.url, { request, parts, resolve, net: net(HALF_LIMIT), found, endpoints })
  const [names, pageAnswer, pairAnswers, connections] = await Promise.all([found, page, pairs, endpoints])
  const overQuic = await measureQuic(pageAnswer, { request, asked, parts, signal, net, connections })
  const lookup = asked.host === undefined ? (asked.url === undefined ? undefined : { addresses: [] }) : names
  return {
    connects: connections.map(({ endpoint, connect }) => ({ endpoint, failure: connect })),
    tls: connections.flatMap(({ endpoint, tls }) => (tls === undefined ? [] : [{ endpoint, ...tls }])),
    quic: overQuic.handshakes,
    ...defined({ page: pageAnswer, pageOverQuic: overQuic.page }),
    ...(lookup === undefined
      ? {}
      : { lookup: { failure: helperDnsWord(lookup.failure), addresses: lookup.addresses } }),
    addresses: describeAddresses(request, names?.addresses ?? [], { parts, connections }),
    ...(request.pairs === undefined ? {} : { pairs: pairAnswers }),
  }
}

/** What a request is about: page, name to resolve, name of handshakes, ports. */
export interface RequestTargets {
  readonly url?: URL
  /** Name to resolve; absent for a literal address and where nothing but endpoints is asked. */
  readonly host?: string
  /** Name that handshakes carry. */
  readonly serverName?: string
  /** Ports of every address; absent: each endpoint has its own. */
  readonly ports?: readonly number[]
}

function askedOf(request: HelperRequest): RequestTargets {
  if (request.url === undefined)
    return request.host === undefined ? {} : { host: request.host, serverName: request.host }
  const url = new URL(request.url)
  const serverName = url.hostname.replace(/^\[|\]$/g, '')
  const ports = url.port === '' && url.protocol === 'http:' ? [80, 443] : [portOf(url)]
  return { url, serverName, ports, ...(addressFamily(serverName) === undefined ? { host: serverName } : {}) }
}

type Net = (limit: NetTools['limit']) => NetTools

/** Remembers the answer for each name of one request, so that what was checked is what is dialled. */
function once(resolve: (name: string) => Promise<ResolvedNames>): (name: string) => Promise<ResolvedNames> {
  const known = new Map<string, Promise<ResolvedNames>>()
  return (name) => {
    const answer = known.get(name) ?? resolve(name)
    known.set(name, answer)
    return answer
  }
}

interface PageOf {
  readonly request: HelperRequest
  readonly parts: ControlParts
  readonly net: NetTools
  readonly resolve: (name: string) => Promise<ResolvedNames>
  readonly found: Promise<ResolvedNames> | undefined
  readonly endpoints: Promise<readonly EndpointAnswer[]>
}

/** The page, which is not waited for once all addresses that it would be asked of are known to be silent. */
function pageAfter(url: URL, { request, parts, net, resolve, found, endpoints }: PageOf): Promise<HelperPage> {
  return boundedPage(url, {
    headers: request.headers,
    tellsFirst: request.pairs !== undefined,
    net,
    tools: {
      reachable: parts.reachable,
      resolve,
      claim: (address, port) => {
        const wait = parts.destinations.take(address, port)
        if (wait > 0) throw new ControlBusy(wait)
      },
    },
    hopeless: isHopeless(url, found, endpoints),
  })
}

async function isHopeless(url: URL, found: PageOf['found'], endpoints: PageOf['endpoints']): Promise<boolean> {
  const [names, tried] = await Promise.all([found, endpoints])
  const dialled = names?.addresses.slice(0, MOST_TRIES) ?? [url.hostname.replace(/^\[|\]$/g, '')]
  const port = portOf(url)
  const silent = new Set(
    tried.filter((one) => one.port === port && one.connect === 'generic_timeout_error').map(({ address }) => address),
  )
  return dialled.length > 0 && dialled.every((address) => silent.has(address))
}

interface EndpointsOf {
  readonly request: HelperRequest
  readonly asked: RequestTargets
  readonly parts: ControlParts
  readonly net: Net
}

/** Endpoints once the name is resolved: the probe's addresses first, then those found here. */
async function endpointsAfter(
  found: Promise<ResolvedNames> | undefined,
  { request, asked, parts, net }: EndpointsOf,
): Promise<readonly EndpointAnswer[]> {
  const names = await found
  const { ports } = asked
  const own = names?.addresses ?? []
  const named = [...new Set(request.endpoints.map(({ port }) => port))]
  const onPorts = (address: string, on: readonly number[]): readonly HelperEndpoint[] =>
    on.map((port) => ({ address, port }))
  const candidates: readonly HelperEndpoint[] =
    ports === undefined
      ? [...request.endpoints, ...own.flatMap((address) => onPorts(address, named.length === 0 ? [443] : named))]
      : [...request.endpoints.map(({ address }) => address), ...own].flatMap((address) => onPorts(address, ports))
  const distinct = new Map(candidates.map((to) => [`${canonicalAddress(to.address)} ${to.port}`, to]))
  const chosen = [...distinct.values()]
    .filter(({ address, port }) => parts.reachable.address(address) && parts.reachable.port(port))
    .slice(0, MOST_ENDPOINTS)
    .filter(({ address, port }) => parts.destinations.take(address, port) === 0)
  return measureEndpoints(chosen, asked.serverName, net(HALF_LIMIT))
}

/** Networks of all addresses seen, bogons included, in the order of the probe. */
function describeAddresses(
  request: HelperRequest,
  own: readonly string[],
  { parts, connections }: { readonly parts: ControlParts; readonly connections: readonly EndpointAnswer[] },
): readonly HelperAddress[] {
  const probes = new Set(request.endpoints.map(({ address }) => address))
  const helpers = new Set(own)
  const valid = new Set(connections.flatMap(({ address, tls }) => (tls?.failure === null ? [address] : [])))
  return [...new Set([...probes, ...helpers])].slice(0, 4 * MOST_ENDPOINTS).map((address) => ({
    address,
    asn: parts.networks.lookup(address) ?? 0,
    fromProbe: probes.has(address),
    fromHelper: helpers.has(address),
    bogon: parts.reachable.bogon(address),
    valid: valid.has(address),
  }))
}

interface QuicAnswers {
  readonly handshakes: HelperAnswer['quic']
  readonly page?: HelperPage
}

/** QUIC where the asker wants it and the page offered HTTP/3 on its own host. */
async function measureQuic(
  page: HelperPage | undefined,
  with_: EndpointsOf & { readonly signal: AbortSignal; readonly connections: readonly EndpointAnswer[] },
): Promise<QuicAnswers> {
  const { request, asked, parts, connections } = with_
  const port = Number(/:(\d+)$/.exec(page?.h3Endpoint ?? '')?.[1] ?? 0)
  const { serverName, url } = asked
  if (!request.quic || port === 0 || serverName === undefined || url === undefined || !parts.reachable.port(port))
    return { handshakes: [] }
  const chosen = [...new Set(connections.map(({ address }) => address))].slice(0, MOST_QUIC)
  const made = await Promise.all(
    chosen.map(async (address) => ({
      address,
      outcome: await handshakeQuic({ address, port }, { serverName }, with_.net(HALF_LIMIT)),
    })),
  )
  const handshakes = made.map(({ address, outcome }) => ({
    endpoint: addressFamily(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`,
    serverName,
    failure: wordOf(outcome),
  }))
  const open = made.find(({ outcome }) => outcome.failure === undefined)?.address
  if (open === undefined) return { handshakes }
  const overQuic = await fetchPageOverQuic(
    url,
    { address: open, port, headers: request.headers },
    with_.net(HALF_LIMIT),
  )
  return { handshakes, ...defined({ page: overQuic }) }
}

const wordOf = (outcome: HandshakeOutcome): string | null => helperTlsWord(outcome.failure)
