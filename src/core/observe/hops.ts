import type { RequestRow } from '../ooni/decode/requests.ts'
import type { Timing } from '../ooni/decode/timing.ts'
import type { RequestUrls } from './request-url.ts'

/** At which hop of the redirect chain a row stands: 0 for the first URL. */
export interface Hops {
  /** Of a request, by its place in the list. */
  ofRequest(index: number): number
  /** Of a lookup or connection, by the name it was for. */
  ofName(row: Timing, name: string | undefined): number
  /** Of a handshake: the first hop over https with that name. */
  ofHandshake(row: Timing, name: string | undefined): number
}

/** Clients since 0.5 tag every row with its depth. */
function depthOf(row: Timing): number | undefined {
  for (const tag of row.tags)
    if (tag.startsWith('depth=')) {
      const depth = Number(tag.slice(6))
      return Number.isInteger(depth) && depth >= 0 && depth < 100 ? depth : undefined
    }
  return undefined
}

/** Tests of many independent endpoints have no chain: everything is the first hop. */
export const NO_CHAIN: Hops = { ofRequest: () => 0, ofName: () => 0, ofHandshake: () => 0 }

/** Answers that lead the client on to another URL, or to the same again. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

const leadsOn = (row: RequestRow | undefined): boolean => REDIRECTS.has(row?.response?.status ?? 0)

/**
 * Hops of a test of one URL: by tag, else by the order of requests (newest first) and the hosts of their URLs. Without a
 * redirect between them, requests of one URL are attempts of one hop, and so is one whose URL was left out.
 */
export function chainOf(requests: readonly RequestRow[], urls: RequestUrls): Hops {
  const order: number[] = []
  const byUrl = new Map<string, number>()
  const byHost = new Map<string, number>()
  const bySecureHost = new Map<string, number>()
  let next = 0
  for (let i = requests.length - 1; i >= 0; i--) {
    const row = requests[i]! // i is below the length
    const parsed = urls[i]
    const again = leadsOn(requests[i + 1]) ? undefined : parsed === undefined ? order.at(-1) : byUrl.get(parsed.url)
    const hop = depthOf(row) ?? again ?? next
    next = Math.max(next, hop + 1)
    order.push(hop)
    if (parsed === undefined) continue
    byUrl.set(parsed.url, hop)
    if (!byHost.has(parsed.host)) byHost.set(parsed.host, hop)
    if (parsed.scheme === 'https' && !bySecureHost.has(parsed.host)) bySecureHost.set(parsed.host, hop)
  }
  return {
    ofRequest: (index) => order[requests.length - 1 - index] ?? 0,
    ofName: (row, name) => depthOf(row) ?? (name === undefined ? 0 : (byHost.get(name) ?? 0)),
    ofHandshake: (row, name) =>
      depthOf(row) ?? (name === undefined ? 0 : (bySecureHost.get(name) ?? byHost.get(name) ?? 0)),
  }
}
