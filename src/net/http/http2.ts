import {
  connect,
  constants,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Stage } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { ArrivalCurve } from './arrival-curve.ts'
import {
  ClosedEarly,
  EndlessAnswer,
  untilEnded,
  type HttpAnswer,
  type HttpHeaders,
  type HttpQuestion,
} from './answer.ts'
import { failureOf } from '../classify-error.ts'
import type { NetTools } from '../tools.ts'
import type { Wire } from '../tcp/wire.ts'

/** One question in HTTP/2: headers without pseudo-fields, and the authority in place of `Host`. */
export type Http2Question = Pick<HttpQuestion, 'method' | 'path' | 'headers' | 'bodyCap' | 'most'> & {
  readonly authority: string
  readonly body?: Uint8Array
}

/**
 * The settings with which Chrome begins, in its order, and how far it opens the window of the connection. Source: frames
 * of Chrome 106 to 140, recalled (`1:65536;2:0;4:6291456;6:262144|15663105`).
 */
const SETTINGS = {
  headerTableSize: 65_536,
  enablePush: false,
  initialWindowSize: 6_291_456,
  maxHeaderListSize: 262_144,
} as const
const CONNECTION_WINDOW = 65_535 + 15_663_105

/** As for HTTP/1.1 (answer.ts): the library ends a stream whose headers are more than 64 KiB, or more fields than this. */
const MAX_HEADERS = 256

/** Turns of the event loop without a byte read, after which nothing more is on its way through the layers. */
const QUIET_TURNS = 4

/** Names of error codes, RFC 9113 §7. */
const CODES: ReadonlyMap<number, string> = new Map(
  [
    'NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR',
    'REFUSED_STREAM CANCEL COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED',
  ]
    .flatMap((line) => line.split(' '))
    .map((name, code) => [code, name]),
)
const nameOf = (code: number): string => CODES.get(code) ?? String(code)

/**
 * The stream or the connection ended with an error code: the server's, or the library's for what breaks the protocol.
 * Frames come under the keys of the handshake: none of them is a reset of the path, so that it is `http_request_failed`.
 */
class EndedWithCode extends Error {
  readonly code: string
  constructor(what: 'RESET' | 'GOAWAY', code: number) {
    super(`${what} ${nameOf(code)}`)
    this.code = `ERR_HTTP2_${what}_${nameOf(code)}`
  }
}

/**
 * Asks once over HTTP/2, as Chrome opens a page, and reads the answer until it ends, `bodyCap` is reached, `most` bytes
 * have come over the connection, or `tools.limit` is over. Every answer of the server is data: what is no HTTP/2,
 * RST_STREAM with an error and GOAWAY are `http_request_failed`, a connection closed in the middle is `eof_error`, one
 * that is reset `connection_reset`. Destroys the stream on every path. Throws the reason of `tools.signal` where the run
 * ends. The fields of the answer mean what they mean in HTTP/1.1; names of headers are in lower case.
 */
export async function askHttp2(
  stream: Duplex,
  wire: Wire,
  question: Http2Question,
  tools: NetTools,
): Promise<Omit<HttpAnswer, 'departures'>> {
  using deadline = openDeadline(tools.signal, tools.limit, 'HTTP/2 exchange')
  const startedAt = tools.clock.monotonic()
  const reading = new Reading(wire, question, () => tools.clock.monotonic())
  try {
    const error = await reading.run(stream, deadline.signal)
    const failure = error === undefined ? undefined : failureOf(wire.broken ?? error, reading.stage, tools)
    return {
      startedAt,
      endedAt: tools.clock.monotonic(),
      ...(failure !== undefined && { failure }),
      ...reading.found(),
    }
  } finally {
    wire.onMoved = undefined
    wire.onEnded = undefined
    reading.close()
    stream.destroy()
    wire.destroy()
  }
}

/** State of one exchange while it goes on. */
class Reading {
  #status: number | undefined
  #headers: HttpHeaders = []
  readonly #body: Uint8Array[] = []
  #bodyBytes = 0
  #truncated = false
  #ended = false
  #goaway: number | undefined
  #session: ClientHttp2Session | undefined
  #stream: ClientHttp2Stream | undefined
  readonly #arrivals = new ArrivalCurve()
  readonly #wire: Wire
  readonly #question: Http2Question
  readonly #now: () => Millis
  readonly #before: { readonly sent: number; readonly received: number }

  constructor(wire: Wire, question: Http2Question, now: () => Millis) {
    this.#wire = wire
    this.#question = question
    this.#now = now
    this.#before = { sent: wire.sent, received: wire.received }
  }

  /** A request without a body is on its way as soon as anything is sent, in one write with the settings. */
  get stage(): Stage {
    if (this.#status !== undefined) return 'body'
    const isSent = this.#wire.sent > this.#before.sent
    return isSent && (this.#question.body === undefined || this.#stream?.writableFinished === true)
      ? 'answer'
      : 'request'
  }

  get #received(): number {
    return this.#wire.received - this.#before.received
  }

  /** Undefined where the exchange completed, else what ended it; never rejects. */
  run(stream: Duplex, signal: AbortSignal): Promise<unknown> {
    return untilEnded(signal, (end) => {
      this.#wire.onMoved = () => {
        if (this.#received > 0) this.#arrivals.add(this.#now(), this.#received)
        if (this.#received > this.#question.most) end(new EndlessAnswer())
      }
      this.#wire.onEnded = () => this.#readOut(() => end(this.#endOf(new ClosedEarly())))
      this.#ask(stream, end)
    })
  }

  #ask(stream: Duplex, end: (error?: unknown) => void): void {
    const { method, path, authority, headers, body } = this.#question
    // The authority of the session is used for nothing: the question names its own.
    const session = connect('https://authority.invalid', {
      createConnection: () => stream,
      settings: SETTINGS,
      maxHeaderListPairs: MAX_HEADERS,
      maxReservedRemoteStreams: 0,
    })
    this.#session = session
    session.on('error', (error) => end(this.#endOf(error)))
    session.on('goaway', (code: number) => (this.#goaway = code))
    session.once('close', () => end(this.#endOf(new ClosedEarly())))
    session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW))
    const asked = session.request(
      requestFields({ ':method': method, ':authority': authority, ':scheme': 'https', ':path': path }, headers),
      { endStream: body === undefined },
    )
    this.#stream = asked
    asked.on('response', (fields, _flags, raw?: readonly string[]) =>
      this.#take(fields[':status'], raw ?? flat(fields)),
    )
    asked.on('data', (bytes: Buffer) => {
      if (this.#keep(bytes)) end()
    })
    asked.once('end', () => (this.#ended = true))
    asked.on('error', (error) => end(this.#closed(asked, error)))
    asked.once('close', () => end(this.#closed(asked)))
    if (body !== undefined) asked.end(body)
  }

  /** Calls back once what came before the end of the connection is read: the library does not tell that end itself. */
  #readOut(done: () => void, before = -1, turns = 0): void {
    const waiting = this.#wire.readableLength
    if (turns === QUIET_TURNS) done()
    else setImmediate(() => this.#readOut(done, waiting, waiting === before ? turns + 1 : 0))
  }

  #take(status: number | undefined, raw: readonly string[]): void {
    this.#status = status
    this.#headers = Array.from({ length: raw.length >> 1 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!] as const) // pairs
      .filter(([name]) => !name.startsWith(':'))
      .slice(0, MAX_HEADERS)
  }

  /** Whether more came than is kept. */
  #keep(bytes: Buffer): boolean {
    const room = this.#question.bodyCap - this.#bodyBytes
    this.#bodyBytes += Math.min(room, bytes.length)
    if (room > 0) this.#body.push(bytes.subarray(0, room))
    this.#truncated ||= bytes.length > room
    return this.#truncated
  }

  /** How a stream that is closed, or failed, ended. */
  #closed(stream: ClientHttp2Stream, error: unknown = new ClosedEarly()): unknown {
    const { rstCode } = stream
    if (this.#ended && rstCode === constants.NGHTTP2_NO_ERROR && this.#status !== undefined) return undefined
    return this.#endOf(rstCode === constants.NGHTTP2_NO_ERROR ? error : new EndedWithCode('RESET', rstCode))
  }

  /** What ended an exchange, told by what lay on the wire rather than by the library's first complaint about it. */
  #endOf(error: unknown): unknown {
    if (this.#wire.broken !== undefined) return this.#wire.broken
    // Also where it says no error: the server took its leave, and no one on the path can say so in its place.
    const isPlain = this.#goaway === constants.NGHTTP2_NO_ERROR && error instanceof EndedWithCode
    if (this.#goaway !== undefined && !isPlain) return new EndedWithCode('GOAWAY', this.#goaway)
    return this.#wire.ended || this.#wire.destroyed ? new ClosedEarly() : error
  }

  found(): Omit<HttpAnswer, 'startedAt' | 'endedAt' | 'failure' | 'departures'> {
    return {
      ...(this.#status !== undefined && { status: this.#status }),
      headers: this.#headers,
      body: new Uint8Array(Buffer.concat(this.#body)),
      bodyTruncated: this.#truncated,
      arrivals: this.#arrivals.points,
      bytesSent: this.#wire.sent - this.#before.sent,
      bytesReceived: this.#received,
    }
  }

  close(): void {
    this.#session?.destroy()
  }
}

/** Pseudo-fields in the order in which Chrome sends them, then the others; of several with one name, a list. */
function requestFields(pseudo: OutgoingHttpHeaders, headers: HttpHeaders): OutgoingHttpHeaders {
  const fields: Record<string, string[]> = {}
  for (const [name, value] of headers) (fields[name] ??= []).push(value)
  const single = Object.entries(fields).map(
    ([name, values]) => [name, values.length === 1 ? values[0] : values] as const,
  )
  return { ...pseudo, ...Object.fromEntries(single) }
}

const flat = (fields: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => [name, String(one)]),
  )
