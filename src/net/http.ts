import type { ExchangeOutcome } from '../model/operation.ts'
import { connectTcp } from './connect.ts'
import { askOnce, type Answer, type HttpHeaders, type Question } from './http-answer.ts'
import type { Hello } from './tls-context.ts'
import { handshakeTls } from './tls.ts'
import type { NetTools } from './tools.ts'
import { Wire } from './wire.ts'

export interface ExchangeOptions {
  /** Dialled, whatever the URL says. */
  readonly address: string
  readonly port: number
  readonly method: ExchangeOutcome['method']
  /** Added to the usual ones, or in place of them where the name is the same: `Host` is free to choose. */
  readonly headers?: HttpHeaders
  /** Bytes of the body that are kept; where more come the exchange ends there, truncated, completed. */
  readonly bodyCap: number
  readonly over: 'plain' | 'tls'
  /** Name of the ClientHello and of the certificate; the URL's host where absent. */
  readonly serverName?: string
  readonly verify?: boolean
  readonly hello?: Hello
  readonly requestBody?: Uint8Array
}

/** The wire may carry so much more than the body: headers, framing of chunks, records of TLS. */
const WIRE_ROOM = 256 * 1024

/**
 * What a common browser says of itself: a name of our own would tell servers and whoever reads along that a
 * measurement asks, and some servers refuse what they do not know.
 */
export const USER_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'

/**
 * One exchange of HTTP/1.1 on a connection of its own; no redirects, no cookies, no decompression (`identity` is
 * asked for). Connection, handshake and exchange may each take `tools.limit`. `startedAt` is the moment the request
 * began, or that of the connection or handshake where it came no further; `bytesSent` and `bytesReceived` leave the
 * handshake out, which counts its own. `arrivals` are totals of TCP payload after the handshake, headers included.
 * Throws the reason of `tools.signal` where the run ends; TypeError for a URL that is none.
 */
export async function exchangeHttp(
  url: string | URL,
  options: ExchangeOptions,
  tools: NetTools,
): Promise<ExchangeOutcome> {
  const to = typeof url === 'string' ? new URL(url) : url
  const requestHeaders = headersFor(to, options)
  const { method, over, address, port, bodyCap, requestBody } = options
  const base = { operation: 'exchange', url: to.href, method, over, address, port, requestHeaders } as const
  const way = await (over === 'tls' ? openTls(to, options, tools) : openPlain(options, tools))
  const { connect, handshake } = way
  const under = { connect, ...(handshake !== undefined && { handshake }) }
  if (way.wire === undefined) {
    const { startedAt, endedAt, failure } = handshake ?? connect
    return { ...base, ...under, ...NOTHING, startedAt, endedAt, ...(failure !== undefined && { failure }) }
  }
  const question: Question = {
    method,
    path: `${to.pathname}${to.search}`,
    headers: requestHeaders,
    ...(requestBody !== undefined && { body: [requestBody] }),
    bodyCap,
    enough: Infinity,
    most: 2 * bodyCap + WIRE_ROOM,
  }
  const { departures: _, ...answer } = await askOnce(way.stream, way.wire, question, tools)
  return { ...base, ...under, ...answer }
}

const NOTHING: Omit<Answer, 'startedAt' | 'endedAt' | 'departures'> = {
  headers: [],
  body: new Uint8Array(),
  bodyTruncated: false,
  arrivals: [],
  bytesSent: 0,
  bytesReceived: 0,
}

async function openPlain({ address, port }: ExchangeOptions, tools: NetTools) {
  const { outcome, socket } = await connectTcp({ address, port }, tools)
  if (socket === undefined) return { connect: outcome, handshake: undefined, wire: undefined }
  const wire = new Wire(socket, tools.clock)
  wire.forget()
  return { connect: outcome, handshake: undefined, wire, stream: wire }
}

/** Without ALPN for h2, which is not spoken here. */
async function openTls(to: URL, options: ExchangeOptions, tools: NetTools) {
  const { address, port, serverName = hostOf(to), verify, hello } = options
  const shaken = await handshakeTls(
    { address, port },
    {
      serverName,
      alpn: ['http/1.1'],
      ...(verify !== undefined && { verify }),
      ...(hello !== undefined && { hello }),
    },
    tools,
  )
  const { connect, outcome: handshake, socket, wire } = shaken
  if (socket === undefined || wire === undefined) return { connect, handshake, wire: undefined }
  return { connect, handshake, wire, stream: socket }
}

/** Host of a URL without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')

/** The usual headers, in the order of a browser, with those of the caller in place of or after them. */
function headersFor(to: URL, { headers = [], requestBody, method }: ExchangeOptions): HttpHeaders {
  const usual: HttpHeaders = [
    ['Host', to.host],
    ['User-Agent', USER_AGENT],
    ['Accept', '*/*'],
    ['Accept-Encoding', 'identity'],
    ['Connection', 'close'],
    ...(requestBody !== undefined || method === 'POST'
      ? [['Content-Length', String(requestBody?.length ?? 0)] as const]
      : []),
  ]
  const chosen = new Set(headers.map(([name]) => name.toLowerCase()))
  const host = headers.filter(([name]) => name.toLowerCase() === 'host')
  const others = headers.filter(([name]) => name.toLowerCase() !== 'host')
  return [...host, ...usual.filter(([name]) => !chosen.has(name.toLowerCase())), ...others]
}
