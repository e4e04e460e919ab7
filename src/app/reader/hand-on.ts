import { IncomingMessage, request as requestPlain, ServerResponse } from 'node:http'
import { request as requestTls } from 'node:https'
import { LANGS, type Lang } from '../../core/text/lang.ts'
import type { Log } from '../../runtime/log.ts'
import { counter } from '../../runtime/metrics.ts'
import type { Direct } from '../../web/listen.ts'
import { SECURITY_HEADERS } from '../../web/request/headers.ts'

/** Longest body that is handed on: more than any form of a centre takes (docs/formats/collector.md). */
const MOST_BYTES = 72 * 2 ** 20
/** How long the centre may take for the head of its answer, once it has the request: receiving a batch takes longest. */
const ANSWER_MS = 130_000
/** No byte moves between the two. */
const SILENCE_MS = 60_000
/** Requests at once; beyond it 503 says when to come again. */
const MOST_OPEN = 512

const LANG = `(?:${LANGS.join('|')})`
/** Pages and files that depend on what only the centre has: forms with what was typed, orders, programs, challenges. */
const OF_CENTRE = new RegExp(
  `^/(?:${LANG}/(?:report|subscribe|join|probe|check|bundle)(?:[/?.]|$)|report(?:/|$)|download/|updates/|` +
    'work/|api/v1/(?:manifest|reports)(?:[/?.]|$)|log/saved-checks)',
)

/** Answer where the centre gave none: it may have what was sent all the same. */
const NO_ANSWER = 'The main server does not answer. What was sent may not have reached it. Try again later.'

/** Language of a page's address; undefined where it is no page. */
const langOf = (url: string | undefined): Lang | undefined =>
  LANGS.find((lang) => url?.startsWith(`/${lang}/`) === true)

/** Files of months, which a centre does not ship. */
const NOT_SHIPPED = /^\/data\/files\//

export interface HandOnOptions {
  /** Whether this server has only what a centre ships. */
  readonly isShipped?: boolean
  readonly log: Pick<Log, 'warn'>
  /** The page, as HTML, that says in a language that the centre does not answer. */
  readonly awayPage: (lang: Lang) => Promise<string>
}

/** Headers of one connection, which are not passed on (RFC 9110, 7.6.1). */
const OF_CONNECTION = new Set([
  ...['connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade', 'expect'],
])

const handed = counter('kuager_handed_on_total', 'Requests handed on to the centre, by outcome.', 'outcome')

/** Whether a request is for the centre: all that adds something, and what only the centre has. */
export const isForCentre = (method: string | undefined, url: string | undefined, isShipped = false): boolean =>
  (method !== 'GET' && method !== 'HEAD') || OF_CENTRE.test(url ?? '') || (isShipped && NOT_SHIPPED.test(url ?? ''))

/**
 * Hands requests that are for the centre on to it, body and answer in pieces as they come. The centre learns who sent
 * them by `X-Forwarded-For`, where this server's address is one of its trusted proxies: then it counts senders as if they
 * had come to it. Nothing of a request is kept or logged.
 */
export function handOn(centre: URL, { log, awayPage, isShipped = false }: HandOnOptions): Direct {
  const send = centre.protocol === 'https:' ? requestTls : requestPlain
  let open = 0
  return (request, response) => {
    if (!isForCentre(request.method, request.url, isShipped)) return false
    if (!(request instanceof IncomingMessage && response instanceof ServerResponse)) return false
    const [incoming, outgoing] = [request, response]
    const refuse = (status: number, outcome: string, text: string, type = 'text/plain'): void => {
      handed(outcome).inc()
      if (outgoing.headersSent) outgoing.destroy()
      else
        outgoing
          .writeHead(status, {
            ...SECURITY_HEADERS,
            'content-type': `${type}; charset=utf-8`,
            'cache-control': 'no-store',
            ...(status === 413 ? {} : { 'retry-after': '5' }),
            connection: 'close',
          })
          .end(text)
    }
    const refuseUnanswered = async (): Promise<void> => {
      const lang = langOf(incoming.url)
      if (lang === undefined) return refuse(502, 'failed', `${NO_ANSWER}\n`)
      return refuse(502, 'failed', await awayPage(lang), 'text/html')
    }
    if (open >= MOST_OPEN) {
      refuse(503, 'refused', 'Too many requests are being handed on. Try again in five seconds.\n')
      return true
    }
    if (Number(incoming.headers['content-length'] ?? 0) > MOST_BYTES) {
      refuse(413, 'refused', 'The request is too long.\n')
      return true
    }
    open++
    const forward = send(new URL(pathOf(incoming.url), centre), {
      method: incoming.method ?? 'GET',
      headers: headersFor(incoming),
      // A connection that the centre is about to close must not take a request that cannot be sent twice.
      agent: false,
    })
    const until = setTimeout(() => forward.destroy(new Error('the centre does not answer')), ANSWER_MS)
    const ended = (): void => {
      clearTimeout(until)
    }
    outgoing.once('close', () => {
      open--
      ended()
      forward.destroy()
    })
    let sent = 0
    incoming.on('data', (piece: Buffer) => {
      sent += piece.length
      until.refresh()
      if (sent > MOST_BYTES) forward.destroy(new TooLong())
    })
    incoming.pipe(forward)
    forward.setTimeout(SILENCE_MS + ANSWER_MS, () => forward.destroy(new Error('no byte moved')))
    forward.on('response', (answer) => {
      ended()
      handed(`${Math.floor((answer.statusCode ?? 500) / 100)}xx`).inc()
      outgoing.writeHead(answer.statusCode ?? 502, passedHeaders(answer))
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    forward.on('error', (error) => {
      ended()
      if (outgoing.destroyed) return
      if (error instanceof TooLong) return refuse(413, 'refused', 'The request is too long.\n')
      log.warn({ error: error.message }, 'a request could not be handed on to the centre')
      refuseUnanswered().catch(() => outgoing.destroy())
    })
    return true
  }
}

class TooLong extends Error {}

/** Path and query, also of a request line that names a server. */
function pathOf(url: string | undefined): string {
  const text = url ?? '/'
  return text.startsWith('/') ? `.${text.replace(/^\/+/, '/')}` : './'
}

/** The headers of a request with where it came from added at the end, as proxies do. */
function headersFor({ headers, socket }: IncomingMessage): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined && !OF_CONNECTION.has(name)) passed[name] = value
  const before = headers['x-forwarded-for']
  const address = socket.remoteAddress
  if (address !== undefined)
    passed['x-forwarded-for'] = [...(before === undefined ? [] : [String(before)]), address].join(', ')
  return passed
}

function passedHeaders({ rawHeaders }: IncomingMessage): string[] {
  const passed: string[] = []
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    if (!OF_CONNECTION.has(rawHeaders[i]!.toLowerCase())) passed.push(rawHeaders[i]!, rawHeaders[i + 1]!) // in pairs
  return passed
}
