import { defined } from '../../core/model/defined.ts'
import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { askOnce, NO_ANSWER, type HttpHeaders } from './answer.ts'
import { openHttpConnection } from './connection.ts'
import { browserFields, headersFor } from './headers.ts'
import { askHttp2 } from './http2.ts'
import { plainBody } from './plain-body.ts'
import type { Hello } from '../tls/context.ts'
import { BROWSER_ALPN } from '../tls/tls.ts'
import type { NetTools } from '../tools.ts'

export interface ExchangeOptions {
  /** Dialled instead of the host of the URL. */
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

/** The wire may carry so much more than twice the body: headers, framing of chunks, records of TLS. */
const WIRE_ROOM = 256 * 1024

/**
 * One exchange on a connection of its own, no redirects, no cookies: under TLS as Chrome opens a page, by HTTP/2 where the
 * server takes it, else by HTTP/1.1. There `identity` is asked for; an encoding is taken off. Connection, handshake and exchange may each take `tools.limit`. `startedAt` is the moment the request
 * began, or that of the connection or handshake where it came no further; `bytesSent` and `bytesReceived` leave the
 * handshake out, which counts its own. `arrivals` are totals of TCP payload after the handshake, headers included.
 * Throws the reason of `tools.signal` where the run ends; TypeError for a URL that is none. Source of the method:
 * docs/methods/tls-and-http.md, exchange.
 */
export async function exchangeHttp(
  url: string | URL,
  options: ExchangeOptions,
  tools: NetTools,
): Promise<ExchangeOutcome> {
  const to = typeof url === 'string' ? new URL(url) : url
  const { method, over, address, port, bodyCap, requestBody } = options
  const length = requestBody?.length ?? (method === 'POST' ? 0 : undefined)
  const given = { headers: options.headers ?? [], ...(length !== undefined && { length }) }
  const { connect, handshake, open } = await openHttpConnection(
    { serverName: hostOf(to), alpn: BROWSER_ALPN, ...options },
    tools,
  )
  const isHttp2 = handshake?.alpn === 'h2'
  const authority = given.headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? to.host
  const fields = isHttp2 ? browserFields(given) : headersFor(to.host, given)
  const requestHeaders = isHttp2 ? [['Host', authority] as const, ...fields] : fields
  const base = { operation: 'exchange', url: to.href, method, over, address, port, requestHeaders } as const
  const under = { connect, ...(handshake !== undefined && { handshake }) }
  if (open === undefined) {
    const { startedAt, endedAt, failure } = handshake ?? connect
    return { ...base, ...under, ...NO_ANSWER, startedAt, endedAt, ...(failure !== undefined && { failure }) }
  }
  const question = {
    method,
    path: `${to.pathname}${to.search}`,
    headers: fields,
    bodyCap,
    most: 2 * bodyCap + WIRE_ROOM,
  }
  if (isHttp2) {
    const body = defined({ body: requestBody })
    const answer = await askHttp2(open.stream, open.wire, { ...question, ...body, authority }, tools)
    return { ...base, ...under, ...answer, ...plainBody(answer, bodyCap) }
  }
  const body = requestBody === undefined ? [] : [requestBody]
  const asked = { ...question, body, enough: Infinity }
  const { departures: _, ...answer } = await askOnce(open.stream, open.wire, asked, tools)
  return { ...base, ...under, ...answer, ...plainBody(answer, bodyCap) }
}

/** Host of a URL without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
