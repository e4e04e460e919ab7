import { addressFamily } from '../core/model/address.ts'
import { defined } from '../core/model/defined.ts'
import type { ExchangeOutcome, OperationFailure, Stage } from '../core/model/measured/operation.ts'
import type { FailureCode } from '../core/model/measured/failure.ts'
import { portOf } from '../core/model/port.ts'
import { exchangeHttp } from '../net/http/http.ts'
import type { NetTools } from '../net/tools.ts'
import { HELPER_HEADERS, type HelperHeaders } from '../core/ooni/helper/request.ts'
import { helperHttpWord } from '../core/ooni/helper/failure.ts'
import { failedPage, LONGEST_LOCATION, type HelperFirstAnswer, type HelperPage } from '../core/ooni/helper/answer.ts'
import { CookieJar } from './cookie-jar.ts'
import type { ResolvedNames } from './resolve-names.ts'
import type { Reachable } from './reachable-address.ts'
import { pageOf } from './page-answer.ts'

/** Redirects that are followed. Source: Go's net/http, which OONI's helper uses. */
const MOST_REDIRECTS = 10
/** Bytes of a page that are read; the length of a longer one is reported as this. */
export const MOST_PAGE_BYTES = 4 * 1024 * 1024
/** Addresses of one name that are tried in turn. */
export const MOST_TRIES = 3

/** What fetching a page needs besides the network. */
export interface FetchTools {
  readonly net: NetTools
  readonly reachable: Reachable
  readonly resolve: (name: string) => Promise<ResolvedNames>
  /** Told of each address before it is dialled; throws where that would be too often. */
  readonly claim: (address: string, port: number) => void
  /** Told of the first answer as soon as it has come, independent of the redirects after it. */
  readonly onFirst?: (first: HelperFirstAnswer) => void
}

/** A page cannot be fetched for a reason of its own. */
class PageFailure extends Error {
  override readonly name = 'PageFailure'
  readonly failure: OperationFailure
  constructor(code: FailureCode, stage: Stage, detail = '') {
    super(code)
    this.failure = { code, stage, detail }
  }
}

/**
 * GET of a page as OONI's helper makes it: redirects followed, cookies kept, of the prober's headers only the three
 * that count; each hop's name is resolved once, refused if any answer is a bogon, or if an address or port
 * may not be contacted, and the resolved address is dialled. Never throws for the network.
 */
export async function fetchPage(url: string, headers: HelperHeaders, tools: FetchTools): Promise<HelperPage> {
  try {
    const { answer, at } = await follow(new URL(url), headers, tools)
    return pageOf(answer, at)
  } catch (error) {
    if (error instanceof PageFailure) return failedPage(helperHttpWord(error.failure) ?? 'unknown_error')
    throw error
  }
}

async function follow(
  start: URL,
  headers: HelperHeaders,
  tools: FetchTools,
): Promise<{ readonly answer: ExchangeOutcome; readonly at: URL }> {
  const jar = new CookieJar()
  const passed = HELPER_HEADERS.flatMap((name) => (headers[name] ?? []).map((value) => [name, value] as const))
  let at = start
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const cookie = jar.header(at)
    const sent = cookie === undefined ? passed : [...passed, ['Cookie', cookie] as const]
    const answer = await getOnce(at, sent, tools)
    if (hop === 0) tools.onFirst?.(firstOf(answer))
    jar.take(at, answer.headers)
    const next = redirectOf(answer, at)
    if (next === undefined) return { answer, at }
    at = next
  }
  throw new PageFailure('http_request_failed', 'answer', 'too many redirects')
}

const locationOf = ({ headers }: ExchangeOutcome): string | undefined =>
  headers.find(([name]) => name.toLowerCase() === 'location')?.[1]

function firstOf(answer: ExchangeOutcome): HelperFirstAnswer {
  const location = locationOf(answer)?.slice(0, LONGEST_LOCATION)
  // The first bytes under TLS may be tickets or settings: only the end of an answer shows that it came.
  const seconds = Math.round(answer.endedAt - answer.startedAt) / 1000
  return { status: answer.status ?? 0, ...defined({ location }), seconds }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Where an answer sends; undefined where it stays. Throws PageFailure for another scheme or no URL. */
function redirectOf(answer: ExchangeOutcome, at: URL): URL | undefined {
  if (answer.status === undefined || !REDIRECTS.has(answer.status)) return undefined
  const location = locationOf(answer)
  if (location === undefined) return undefined
  const next = URL.parse(location, at.href)
  if (next === null || (next.protocol !== 'http:' && next.protocol !== 'https:') || next.username !== '')
    throw new PageFailure('http_invalid_redirect_location_host', 'answer')
  return next
}

/** One hop: its addresses in turn until one connects. Throws PageFailure. */
async function getOnce(
  at: URL,
  headers: readonly (readonly [string, string])[],
  tools: FetchTools,
): Promise<ExchangeOutcome> {
  const over = at.protocol === 'https:' ? 'tls' : 'plain'
  const port = portOf(at)
  if (!tools.reachable.port(port)) throw new PageFailure('permission_denied', 'connect')
  let outcome: ExchangeOutcome | undefined
  for (const address of (await addressesFor(at, tools)).slice(0, MOST_TRIES)) {
    tools.claim(address, port)
    outcome = await exchangeHttp(
      at.href,
      { address, port, over, method: 'GET', headers, bodyCap: MOST_PAGE_BYTES },
      tools.net,
    )
    if (outcome.connect?.failure === undefined) break
  }
  if (outcome === undefined) throw new PageFailure('dns_no_answer', 'resolve')
  if (outcome.failure !== undefined)
    throw new PageFailure(outcome.failure.code, outcome.failure.stage, outcome.failure.detail)
  return outcome
}

/** Addresses to dial for a URL. Throws PageFailure where the name has none or any of them may not be contacted. */
async function addressesFor(at: URL, tools: FetchTools): Promise<readonly string[]> {
  const host = at.hostname.replace(/^\[|\]$/g, '')
  if (addressFamily(host) !== undefined) {
    if (!tools.reachable.address(host)) throw new PageFailure('dns_bogon_error', 'connect')
    return [host]
  }
  const { addresses, failure } = await tools.resolve(host)
  if (failure !== undefined) throw new PageFailure(failure.code, 'resolve')
  if (addresses.some((address) => !tools.reachable.address(address)))
    throw new PageFailure('dns_bogon_error', 'resolve')
  return addresses
}
