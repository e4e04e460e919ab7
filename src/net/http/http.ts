import type { ExchangeOutcome } from '../../core/model/measured/operation.ts'
import { askOnce, NO_ANSWER, type HttpHeaders } from './answer.ts'
import { openHttpConnection } from './connection.ts'
import { headersFor } from './headers.ts'
import { plainBody } from './plain-body.ts'
import type { Hello } from '../tls/context.ts'
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
 * One exchange of HTTP/1.1 on a connection of its own; no redirects, no cookies; `identity` is asked for, and an
 * encoding that comes all the same is taken off. Connection, handshake and exchange may each take `tools.limit`. `startedAt` is the moment the request
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
  const requestHeaders = headersFor(to.host, {
    headers: options.headers ?? [],
    ...(length !== undefined && { length }),
  })
  const base = { operation: 'exchange', url: to.href, method, over, address, port, requestHeaders } as const
  const { connect, handshake, open } = await openHttpConnection({ serverName: hostOf(to), ...options }, tools)
  const under = { connect, ...(handshake !== undefined && { handshake }) }
  if (open === undefined) {
    const { startedAt, endedAt, failure } = handshake ?? connect
    return { ...base, ...under, ...NO_ANSWER, startedAt, endedAt, ...(failure !== undefined && { failure }) }
  }
  const question = {
    method,
    path: `${to.pathname}${to.search}`,
    headers: requestHeaders,
    ...(requestBody !== undefined && { body: [requestBody] }),
    bodyCap,
    enough: Infinity,
    most: 2 * bodyCap + WIRE_ROOM,
  }
  const { departures: _, ...answer } = await askOnce(open.stream, open.wire, question, tools)
  return { ...base, ...under, ...answer, ...plainBody(answer, bodyCap) }
}

/** Host of a URL without the brackets of an IPv6 address. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '')
