import type { ExchangeOutcome, OperationFailure, Stage } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { ArrivalCurve } from './arrival-curve.ts'
import { failureOf } from '../classify-error.ts'
import { NO_ANSWER } from './answer.ts'
import { USER_AGENT } from './headers.ts'
import { encodeFields, type Field } from './qpack.ts'
import { Http3Reader } from './http3-reader.ts'
import { plainBody } from './plain-body.ts'
import { loadQuicBinding } from '../quic/binding.ts'
import { varint } from '../quic/header.ts'
import type { QuicLink } from '../quic/link.ts'
import { shakeHands } from '../quic/quic.ts'
import type { NetTools } from '../tools.ts'

export interface Http3Options {
  /** Dialled instead of the host of the URL. */
  readonly address: string
  readonly port: number
  readonly method?: 'GET' | 'HEAD'
  /** Added to the usual ones, or in place of them where the name is the same; names are sent in lower case. */
  readonly headers?: readonly Field[]
  /** Bytes of the body that are kept; where more come the exchange ends there, truncated, completed. */
  readonly bodyCap: number
  /** Name of the ClientHello and of the certificate; the URL's host where absent. */
  readonly serverName?: string
  readonly verify?: boolean
}

/** Streams of a client: its control stream and its first request, RFC 9000 §2.1. */
const CONTROL = 2
const REQUEST = 0
const HEADERS_FRAME = 1
/** A control stream with empty settings: no dynamic table, RFC 9114 §6.2.1 and §7.2.4. */
const SETTINGS = Buffer.of(0x00, 0x04, 0x00)
/** What framing and headers may take beside the body. */
const ROOM = 128 * 1024

/**
 * One exchange of HTTP/3 (RFC 9114) on a QUIC connection of its own; no redirects, an encoding is taken off, static QPACK table
 * alone. Handshake and exchange may each take `tools.limit`; the fields mean what they mean in `exchangeHttp`, with
 * `arrivals` of payload of the request's stream. Undefined where the native library is missing. Throws the reason of
 * `tools.signal` where the run ends; TypeError for a URL that is none.
 */
export async function exchangeHttp3(
  url: string | URL,
  options: Http3Options,
  tools: NetTools,
): Promise<ExchangeOutcome | undefined> {
  const to = new URL(url)
  const binding = loadQuicBinding()
  if (binding === undefined) return undefined
  tools.signal.throwIfAborted()
  const { address, port, method = 'GET', bodyCap, verify } = options
  const serverName = options.serverName ?? to.hostname.replace(/^\[|\]$/g, '')
  const fields = requestFields(to, options)
  const base = {
    operation: 'exchange',
    url: to.href,
    method,
    over: 'quic',
    address,
    port,
    requestHeaders: fields,
  } as const
  using deadline = openDeadline(tools.signal, tools.limit, 'QUIC handshake')
  const shaken = await shakeHands(
    { address, port },
    { serverName, window: bodyCap + ROOM, ...(verify !== undefined && { verify }) },
    { tools, binding, signal: deadline.signal },
  )
  await using link = shaken.link
  const handshake = shaken.describe()
  if (link === undefined || handshake.failure !== undefined) {
    const { startedAt, endedAt, failure } = handshake
    return { ...base, handshake, ...NO_ANSWER, startedAt, endedAt, ...(failure && { failure }) }
  }
  const exchange = new Exchange(link, { fields, bodyCap, now: () => tools.clock.monotonic() })
  const startedAt = tools.clock.monotonic()
  const failure = await exchange.run(tools)
  const found = exchange.found()
  return {
    ...base,
    handshake,
    startedAt,
    endedAt: tools.clock.monotonic(),
    ...found,
    ...plainBody(found, bodyCap),
    ...(failure && { failure }),
  }
}

/** Pseudo-fields first, RFC 9114 §4.3. */
function requestFields(to: URL, { headers = [], method = 'GET' }: Http3Options): readonly Field[] {
  const chosen = headers.map(([name, value]): Field => [name.toLowerCase(), value])
  const host = chosen.find(([name]) => name === 'host')?.[1] ?? to.host
  const usual: readonly Field[] = [
    ['user-agent', USER_AGENT],
    ['accept', '*/*'],
    ['accept-encoding', 'identity'],
  ]
  const names = new Set(chosen.map(([name]) => name))
  return [
    [':method', method],
    [':scheme', 'https'],
    [':authority', host],
    [':path', `${to.pathname}${to.search}`],
    ...usual.filter(([name]) => !names.has(name)),
    ...chosen.filter(([name]) => name !== 'host' && !name.startsWith(':')),
  ]
}

type Found = Pick<
  ExchangeOutcome,
  'status' | 'headers' | 'body' | 'bodyTruncated' | 'arrivals' | 'bytesSent' | 'bytesReceived'
>

interface Asked {
  readonly fields: readonly Field[]
  readonly bodyCap: number
  readonly now: () => Millis
}

class Exchange {
  readonly #link: QuicLink
  readonly #asked: Asked
  readonly #reader: Http3Reader
  readonly #arrivals = new ArrivalCurve()
  readonly #before: { readonly sent: number; readonly received: number }
  readonly #buffer = Buffer.alloc(16 * 1024)
  #stage: Stage = 'request'
  #streamBytes = 0
  #otherBytes = 0

  constructor(link: QuicLink, asked: Asked) {
    this.#link = link
    this.#asked = asked
    this.#reader = new Http3Reader(asked.bodyCap)
    this.#before = { sent: link.flow.bytesSent, received: link.flow.bytesReceived }
  }

  async run(tools: NetTools): Promise<OperationFailure | undefined> {
    using deadline = openDeadline(tools.signal, tools.limit, 'HTTP/3 exchange')
    try {
      this.#send()
      this.#stage = 'answer'
      const end = await this.#link.until(() => this.#read(), deadline.signal)
      if (end === undefined) return this.#link.failure && { ...this.#link.failure, stage: this.#stage }
      return end === 'done' ? undefined : { code: end.code, stage: this.#stage, detail: end.detail }
    } catch (error) {
      return failureOf(error, this.#stage, tools)
    }
  }

  #send(): void {
    const section = encodeFields(this.#asked.fields)
    const { connection } = this.#link
    connection.streamSend(CONTROL, SETTINGS, false)
    connection.streamSend(REQUEST, Buffer.concat([varint(HEADERS_FRAME), varint(section.length), section]), true)
    this.#link.flush()
  }

  /** Reads what has come; gives how the exchange ended once it has. */
  #read(): 'done' | Pick<OperationFailure, 'code' | 'detail'> | undefined {
    for (const id of this.#link.connection.readable()) {
      let ended: boolean
      try {
        ended = this.#drain(id)
      } catch {
        if (id === REQUEST) return { code: 'connection_reset', detail: 'stream was reset' }
        continue
      }
      if (id !== REQUEST) continue
      if (this.#reader.status !== undefined) this.#stage = 'body'
      if (this.#reader.full) return 'done'
      if (this.#reader.broken) return { code: 'http_request_failed', detail: 'no HTTP/3' }
      if (ended) return this.#reader.complete ? 'done' : { code: 'eof_error', detail: '' }
    }
    if (this.#otherBytes > ROOM) return { code: 'http_request_failed', detail: 'too much beside the answer' }
    this.#link.flush()
    return undefined
  }

  /** Whether the stream has ended. */
  #drain(id: number): boolean {
    for (;;) {
      const got = this.#link.connection.streamRecv(id, this.#buffer)
      if (got === null) return false
      const [length, ended] = got
      if (id === REQUEST) {
        this.#streamBytes += length
        this.#arrivals.add(this.#asked.now(), this.#streamBytes)
        this.#reader.push(this.#buffer.subarray(0, length))
        if (ended || this.#reader.full || this.#reader.broken) return ended
      } else {
        this.#otherBytes += length
        if (ended || length === 0) return ended
      }
    }
  }

  found(): Found {
    const { status, headers, full } = this.#reader
    return {
      ...(status !== undefined && { status }),
      headers,
      body: this.#reader.body(),
      bodyTruncated: full,
      arrivals: this.#arrivals.points,
      bytesSent: this.#link.flow.bytesSent - this.#before.sent,
      bytesReceived: this.#link.flow.bytesReceived - this.#before.received,
    }
  }
}
