import { setTimeout } from 'node:timers/promises'
import { addressFamily } from '../../core/model/address.ts'
import { registrableDomain } from '../../core/model/hostname.ts'
import type { HostProblem } from '../../core/model/tables/service-check.ts'
import type { Endpoint } from '../../core/model/tables/service.ts'
import { millis, type Millis } from '../../core/model/units.ts'
import { exchangeHttp } from '../../net/http/http.ts'
import { connectTcp } from '../../net/tcp/connect.ts'
import { handshakeTls } from '../../net/tls/tls.ts'
import type { NetTools } from '../../net/tools.ts'
import type { NameResolver } from '../resolve-names.ts'
import type { Reachable } from '../reachable-address.ts'

/** What became of one host. `unchecked`: the machine has no IPv6, or the family was not reached anywhere. */
export type HostState =
  { readonly state: 'alive' } | { readonly state: HostProblem; readonly to?: string } | { readonly state: 'unchecked' }

/** How a host is looked at. */
export interface HostTools {
  readonly net: NetTools
  readonly resolve: NameResolver
  readonly reachable: Reachable
  /** Port of cleartext; 80 but in a test lab. */
  readonly plainPort?: number
  /** Between a failure and the second look; two seconds where absent. */
  readonly pause?: Millis
}

/** Addresses of one name that are tried. */
const MOST_TRIED = 4
const PAUSE = millis(2_000)
const PAGE_BYTES = 1_024

/**
 * Looks at one host as its row says what success is: resolves it, connects, shakes hands. A failure counts if it comes
 * twice, two seconds apart. Throws only where the check ends.
 */
export async function checkHost(endpoint: Endpoint, tools: HostTools): Promise<HostState> {
  const first = await lookAt(endpoint, tools)
  if (first.state === 'alive' || first.state === 'moved') return first
  await setTimeout(tools.pause ?? PAUSE, undefined, { signal: tools.net.signal })
  return lookAt(endpoint, tools)
}

async function lookAt(endpoint: Endpoint, { net, resolve, reachable, plainPort = 80 }: HostTools): Promise<HostState> {
  const { host, success } = endpoint
  const port = success === 'answers' && endpoint.port === 443 ? plainPort : endpoint.port
  const found = addressFamily(host) === undefined ? (await resolve(host, net)).addresses : [host]
  const addresses = found.filter((address) => reachable.address(address))
  if (addresses.length === 0) return { state: 'no-name' }
  if (success === 'resolves') return { state: 'alive' }
  let worst: HostState = { state: 'closed' }
  // IPv4 first: a machine without IPv6 then waits for nothing.
  const tried = addresses.toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':'))).slice(0, MOST_TRIED)
  for (const address of tried) {
    const one =
      success === 'certificate' || success === 'own-certificate'
        ? await shake(endpoint, address, net)
        : await connects({ address, port }, net)
    if (one.state === 'alive') return leadsTo(endpoint, address, net)
    if (worst.state === 'closed') worst = one
  }
  return worst
}

async function connects(to: { readonly address: string; readonly port: number }, net: NetTools): Promise<HostState> {
  const { socket } = await connectTcp(to, net)
  socket?.destroy()
  return { state: socket === undefined ? 'closed' : 'alive' }
}

async function shake({ host, port, success }: Endpoint, address: string, net: NetTools): Promise<HostState> {
  const { connect, outcome, socket } = await handshakeTls({ address, port }, { serverName: host }, net)
  socket?.destroy()
  if (connect.failure !== undefined) return { state: 'closed' }
  const failure = outcome?.failure
  if (failure === undefined) return { state: 'alive' }
  if (failure.stage !== 'verify') return { state: 'silent' }
  const own = success === 'own-certificate' && failure.code === 'ssl_unknown_authority'
  return { state: own ? 'alive' : 'certificate' }
}

/** Where the page of a host leads, if that is another registered domain. */
async function leadsTo(
  { host, port, path, checks = [] }: Endpoint,
  address: string,
  net: NetTools,
): Promise<HostState> {
  if (!checks.includes('page')) return { state: 'alive' }
  const url = new URL(`https://${host}${port === 443 ? '' : `:${port}`}${path}`)
  const { status, headers } = await exchangeHttp(
    url,
    { address, port, method: 'GET', bodyCap: PAGE_BYTES, over: 'tls', serverName: host },
    net,
  )
  const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
  if (status === undefined || status < 300 || status > 399 || location === undefined) return { state: 'alive' }
  const to = URL.parse(location, url.href)?.hostname
  const elsewhere = to !== undefined && to !== '' && registrableDomain(to) !== registrableDomain(host)
  return elsewhere ? { state: 'moved', to } : { state: 'alive' }
}
