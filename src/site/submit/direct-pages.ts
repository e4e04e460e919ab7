import { requestIdHeaders } from '../../runtime/request/current-request.ts'
import type { Direct, DirectRequest, DirectResponse } from '../../web/listen.ts'
import { isLang, LANGS, type Lang } from '../../core/text/lang.ts'
import { say } from '../../core/text/format.ts'
import { chooseCoding } from '../../web/request/accept-encoding.ts'
import { OPEN_TO_PAGES } from '../api/respond-api.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'
import { savesData, savingKey } from '../../web/request/save-data.ts'
import { firstKey } from '../first/key.ts'
import { answerBytesIn, readerHas, type HeldAnswer, type PassingAnswer } from '../../web/answer/held-answer.ts'
import type { PageCache } from '../../web/answer/page-cache.ts'
import type { Frame } from '../../web/html/frame.ts'
import { renderPage } from '../parts/layout.ts'
import { problemPage } from '../parts/problem.ts'
import type { VisitorOf } from '../visitor.ts'

export interface DirectPagesOptions {
  readonly cache: PageCache
  readonly frame: Frame
  /** Tells the network of a visitor by the address of the connection. */
  readonly visitor?: VisitorOf
}

/**
 * What is answered from memory; the rest is the route table's: what probes ask, the form of reports, which is another
 * one for each reader, the page of a bundle that is being made, and every question to the interface that has a query, since those are counted by sender.
 */
const PATH =
  /^\/(?!(?:kk|ru|en)\/(?:report|bundle)(?:[/?]|$))(?:(?:(?:kk|ru|en)\/|assets\/|card\/|m\/)[\x21-\x7e]*|api\/v1\/(?!check-in|geolookup|test-helpers|manifest)[\x21-\x3e\x40-\x7e]+)$/
/**
 * What makes an address mean another than it says, once it is read as a URL: steps up, the other slash, a fragment.
 * Under such a name a question to the interface would be counted for no sender, and a page kept as if it were a file of
 * the site.
 */
const NON_CANONICAL_URL = /[\\#]|^[^?]*\/(?:\.|%2e){1,2}(?:[/?]|$)/i
const LONGEST = 600
/** Pages for people, which are others for a browser that saves data; what is embedded elsewhere is the same for all. */
const VARIES = /^\/(?:kk|ru|en)\/(?!feed\/|embed\/)/
/** Any other host is left to the route table, which knows what to say of it. */
const PLAIN_HOST = /^[\w.-]{1,253}(?::\d{1,5})?$/
const RETRY_S = '5'

/**
 * The way of nearly every reader: from node:http to bytes in memory and back, past the route table. What is not in
 * memory is asked of the route table once, however many wait; status, headers and body are those of the route, with a
 * tag, a coding and `vary` next to them (direct-pages.test.ts).
 */
export async function openDirectPages(options: DirectPagesOptions): Promise<Direct> {
  const busy = await busyPages(options.frame)
  const { cache, visitor, frame } = options
  return (request, response, route) => {
    const { method, url = '', headers } = request
    if (
      (method !== 'GET' && method !== 'HEAD') ||
      url.length > LONGEST ||
      !PATH.test(url) ||
      NON_CANONICAL_URL.test(url)
    )
      return false
    if (typeof headers['host'] !== 'string' || !PLAIN_HOST.test(headers['host'])) return false
    const { key: plain, apart } = firstKey(url, request, visitor) ?? { key: keyOf(url, frame.assets), apart: false }
    const key = VARIES.test(url) && savesData(textOf(headers['save-data'])) ? savingKey(plain) : plain
    const reader: Reader = { request, response, route, apart, busy }
    void answer(key, reader, cache)
    return true
  }
}

/**
 * Path and query with its parts in one order: the same question is one address. A file of the site has two: with the
 * tag of these files and without.
 */
export function keyOf(url: string, tag: string): string {
  const mark = url.indexOf('?')
  if (mark < 0) return url
  const [path, query] = [url.slice(0, mark), url.slice(mark + 1)]
  if (query === '' || (path.startsWith('/assets/') && query !== `v=${tag}`)) return path
  return `${path}?${query.includes('&') ? query.split('&').toSorted().join('&') : query}`
}

interface Reader {
  readonly request: DirectRequest
  readonly response: DirectResponse
  readonly route: () => void
  /** The page is that of another address, chosen by where the request comes from: no cache may keep it. */
  readonly apart: boolean
  readonly busy: ReadonlyMap<Lang | 'json', PassingAnswer>
}

const langOfPath = (url: string): Lang | undefined => {
  const first = url.slice(1, url.indexOf('/', 1))
  return isLang(first) ? first : undefined
}

/** Never rejects: what breaks here is asked of the route table, which says what broke and logs it. */
async function answer(key: string, reader: Reader, cache: PageCache): Promise<void> {
  const { response, route } = reader
  try {
    const held = cache.held(key)
    if (held === undefined) await wait(key, reader, cache)
    else await sendHeld(held, reader)
  } catch {
    if (!response.headersSent && !response.destroyed) route()
  }
}

async function wait(key: string, reader: Reader, cache: PageCache): Promise<void> {
  const { request, response, route, busy } = reader
  const found = await cache.ask(key)
  if (response.destroyed) return // the client has gone
  const lang = langOfPath(request.url ?? '')
  if (found.kind === 'held') return await sendHeld(found, reader)
  if (found.kind === 'busy') return sendPassing(busy.get(lang ?? 'json')!, reader) // one for each
  // What is long, and what is answered in the language of the reader's browser or only to this reader.
  if (found.kind === 'long' || lang === undefined || found.isPrivate) return route()
  sendPassing(found, reader)
}

async function sendHeld(held: HeldAnswer, { request, response, apart }: Reader): Promise<void> {
  const { headers, method } = request
  const coding = chooseCoding(textOf(headers['accept-encoding']))
  const form = held.forms[coding]
  if (!apart && readerHas(textOf(headers['if-none-match']), held)) {
    response.writeHead(304, form.unchanged)
    response.end()
    return
  }
  if (method === 'HEAD') {
    response.writeHead(200, apart ? form.apart : form.headers)
    response.end()
    return
  }
  const bytes = form.bytes ?? (await answerBytesIn(held, coding))
  if (response.destroyed) return
  response.writeHead(200, apart ? form.apart : form.headers)
  response.end(bytes)
}

function sendPassing({ status, headers, bytes }: PassingAnswer, { request, response }: Reader): void {
  response.writeHead(status, [...headers, ...requestIdHeaders(status)])
  if (request.method === 'HEAD') response.end()
  else response.end(bytes)
}

const textOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.join(', ')

/** What is said when too many wait: made before anyone does. */
async function busyPages(frame: Frame): Promise<ReadonlyMap<Lang | 'json', PassingAnswer>> {
  const answer = (text: string, type: string, more: Readonly<Record<string, string>> = {}): PassingAnswer => {
    const bytes = new TextEncoder().encode(text)
    const headers = {
      ...SECURITY_HEADERS,
      ...more,
      'cache-control': 'no-store',
      'content-length': String(bytes.length),
      'content-type': type,
      'retry-after': RETRY_S,
    }
    const sorted = Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return { kind: 'passing', status: 503, headers: sorted.flat(), bytes, isPrivate: false }
  }
  const error = {
    code: 'server.busy',
    path: '',
    expected: `a pause of ${RETRY_S} s`,
    message: say('en', 'problem.busy'),
  }
  const pages = LANGS.map(async (lang) => {
    const view = { heading: say(lang, 'problem.busy'), lines: [say(lang, 'problem.busy-about')] }
    const text = String(await renderPage(problemPage(lang, view), frame))
    return [lang, answer(text, 'text/html; charset=UTF-8')] as const
  })
  const json = answer(JSON.stringify({ error }), 'application/json', OPEN_TO_PAGES)
  return new Map<Lang | 'json', PassingAnswer>([...(await Promise.all(pages)), ['json', json]])
}
