import { addressFamily, canonicalAddress, splitEndpoint } from '../core/model/address.ts'
import { InputError } from '../core/model/errors.ts'
import type { LookupOutcome, OperationFailure } from '../core/model/measured/operation.ts'
import { millis } from '../core/model/units.ts'
import { resolveHttps } from '../net/dns/resolve-https.ts'
import { resolveSystem } from '../net/dns/resolve-system.ts'
import { resolveUdp } from '../net/dns/resolve-udp.ts'
import { systemResolvers } from '../net/dns/system-resolvers.ts'
import type { Destination, NetTools } from '../net/tools.ts'

/** Addresses of a name, or why there are none. */
export interface ResolvedNames {
  readonly addresses: readonly string[]
  readonly failure?: OperationFailure
}

/** Resolves names for the control; throws only where the request ended. */
export type NameResolver = (name: string, tools: NetTools) => Promise<ResolvedNames>

/** Addresses of one name that are used. */
const MOST_ADDRESSES = 16

/** How the control resolves: packets to the machine's own resolvers, to one that was named, or HTTPS. */
export type ResolverChoice =
  | { readonly kind: 'machine' }
  | { readonly kind: 'udp'; readonly resolver: Destination }
  | { readonly kind: 'https'; readonly url: string; readonly address?: string }

/**
 * Reads `udp://192.0.2.1:53`, `https://dns.example/dns-query` or `https://dns.example/dns-query#192.0.2.1` (the address
 * after `#` is dialled; without it the machine resolves the host). Throws InputError otherwise.
 */
export function parseResolver(text: string | undefined): ResolverChoice {
  if (text === undefined) return { kind: 'machine' }
  const udp = /^udp:\/\/(.+?)\/?$/.exec(text)?.[1]
  if (udp !== undefined) {
    const bare = udp.replace(/^\[([^\]]+)\]$/, '$1')
    const resolver = addressFamily(bare) === undefined ? splitEndpoint(udp) : { address: bare, port: 53 }
    if (resolver !== undefined && resolver.port > 0) return { kind: 'udp', resolver }
  }
  const url = URL.parse(text)
  if (url?.protocol === 'https:' && url.username === '') {
    const dialled = decodeURIComponent(url.hash.slice(1))
    url.hash = ''
    if (dialled === '') return { kind: 'https', url: url.href }
    if (addressFamily(dialled) !== undefined) return { kind: 'https', url: url.href, address: dialled }
  }
  throw new InputError('Cannot read resolver: neither udp nor https', {
    code: 'control.resolver',
    path: '--resolver',
    expected: 'udp://ADDRESS:PORT, https://HOST/PATH or https://HOST/PATH#ADDRESS',
  })
}

/** A resolver by choice. A and AAAA are asked side by side; a name that has one of them is no failure. */
export function openResolver(choice: ResolverChoice): NameResolver {
  switch (choice.kind) {
    case 'udp':
      return (name, tools) => both((queryType) => askUdp(name, queryType, [choice.resolver], tools))
    case 'https':
      return async (name, tools) => {
        const address = choice.address ?? (await addressOf(new URL(choice.url).hostname, tools))
        if (address === undefined)
          return { addresses: [], failure: { code: 'dns_server_misbehaving', stage: 'resolve', detail: '' } }
        return both((queryType) => resolveHttps({ name, queryType, url: choice.url, address }, tools))
      }
    case 'machine':
      return async (name, tools) => {
        const resolvers = systemResolvers()
        // Packets and not getaddrinfo: names of the machine's hosts file and search domain must not be exposed.
        if (resolvers.length > 0) return both((queryType) => askUdp(name, queryType, resolvers, tools))
        return namesOf([await resolveSystem(name, tools)])
      }
  }
}

async function addressOf(host: string, tools: NetTools): Promise<string | undefined> {
  const bare = host.replace(/^\[|\]$/g, '')
  if (addressFamily(bare) !== undefined) return bare
  return (await resolveSystem(bare, tools)).answer?.answers[0]?.address
}

/** Asks the first resolver, and the second where the first is silent; half the limit for each. */
async function askUdp(
  name: string,
  queryType: 'A' | 'AAAA',
  resolvers: readonly Destination[],
  tools: NetTools,
): Promise<LookupOutcome> {
  const asked = resolvers.slice(0, 2)
  const limit = millis(tools.limit / asked.length)
  const listenFor = millis(0)
  let outcome: LookupOutcome | undefined
  for (const resolver of asked) {
    outcome = await resolveUdp({ name, queryType, resolver }, { ...tools, limit }, { listenFor })
    if (outcome.failure === undefined || outcome.answer !== undefined) return outcome
  }
  if (outcome === undefined) throw new TypeError('no resolver to ask')
  return outcome
}

async function both(ask: (queryType: 'A' | 'AAAA') => Promise<LookupOutcome>): Promise<ResolvedNames> {
  return namesOf(await Promise.all([ask('A'), ask('AAAA')]))
}

/** Addresses of all lookups; the failure of the first where there is none. `no answer` yields to a worse one. */
function namesOf(lookups: readonly LookupOutcome[]): ResolvedNames {
  const found = lookups.flatMap(({ answer }) => answer?.answers ?? []).map(({ address }) => address)
  const byForm = new Map(found.map((address) => [canonicalAddress(address) ?? address, address]))
  if (byForm.size > 0) return { addresses: [...byForm.values()].slice(0, MOST_ADDRESSES) }
  const failures = lookups.flatMap(({ failure }) => (failure === undefined ? [] : [failure]))
  const failure = failures.find(({ code }) => code !== 'dns_no_answer') ?? failures[0]
  return failure === undefined ? { addresses: [] } : { addresses: [], failure }
}
