import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Arrival, ExchangeOutcome, OperationFailure, Stage } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { ArrivalCurve } from './arrival-curve.ts'
import { failureOf } from '../classify-error.ts'
import type { NetTools } from '../tools.ts'
import type { Wire } from '../tcp/wire.ts'

export type HttpHeaders = readonly (readonly [string, string])[]

/** One question in HTTP/1.1 over a connection that stands and that nothing else uses. */
export interface HttpQuestion {
  readonly method: ExchangeOutcome['method']
  /** Path and query as they are sent. */
  readonly path: string
  /** The whole list, `Host` and `Connection: close` included; nothing is added. */
  readonly headers: HttpHeaders
  /** Pieces of the request's body; taken as the connection takes them. */
  readonly body?: Iterable<Uint8Array>
  /** Bytes of the answer's body that are kept; the exchange ends, completed, where more come. */
  readonly bodyCap: number
  /** Whether the progress of the request's body is watched. */
  readonly watchDepartures?: boolean
  /** Whether the body is counted and thrown away instead. */
  readonly discard?: boolean
  /** The exchange ends, completed, as soon as so many bytes have come over the connection. */
  readonly enough: number
  /** The exchange fails as soon as more than so many have: an answer that never ends, in any framing. */
  readonly most: number
}

export interface HttpAnswer {
  readonly startedAt: Millis
  readonly endedAt: Millis
  readonly failure?: OperationFailure
  readonly status?: number
  /** As on the wire: order, case and repetitions. At most 256. */
  readonly headers: HttpHeaders
  readonly body: Uint8Array
  readonly bodyTruncated: boolean
  /** Payload of TCP that came since the start of the question. */
  readonly arrivals: readonly Arrival[]
  /** Payload that the peer acknowledged, where the question asks for it (elsewhere than on Linux: that the kernel took). */
  readonly departures: readonly Arrival[]
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** An exchange of which nothing came. */
export const NO_ANSWER: Pick<
  HttpAnswer,
  'headers' | 'body' | 'bodyTruncated' | 'arrivals' | 'bytesSent' | 'bytesReceived'
> = { headers: [], body: new Uint8Array(), bodyTruncated: false, arrivals: [], bytesSent: 0, bytesReceived: 0 }

const MAX_HEADERS = 256
const MAX_HEADER_BYTES = 64 * 1024
/** Milliseconds between looks at what was acknowledged. */
const LOOK_EVERY = 50

/**
 * Asks once and reads the answer until it ends, `bodyCap` or `enough` is reached, or `tools.limit` is. Every answer of
 * the server is data: nonsense is `http_request_failed`, a connection closed in the middle `eof_error`. Destroys the
 * stream on every path. Throws the reason of `tools.signal` where the run ends.
 */
export async function askOnce(
  stream: Duplex,
  wire: Wire,
  question: HttpQuestion,
  tools: NetTools,
): Promise<HttpAnswer> {
  using deadline = openDeadline(tools.signal, tools.limit, 'HTTP exchange')
  const startedAt = tools.clock.monotonic()
  const reading = new Reading(wire, question, () => tools.clock.monotonic())
  try {
    const error = await readAll(reading, { stream, signal: deadline.signal, watch: question.watchDepartures === true })
    const failure = error === undefined ? undefined : failureOf(wire.broken ?? error, reading.stage, tools)
    return {
      startedAt,
      endedAt: tools.clock.monotonic(),
      ...(failure !== undefined && { failure }),
      ...reading.found(),
    }
  } finally {
    wire.onMoved = undefined
    stream.destroy()
    wire.destroy()
  }
}

async function readAll(
  reading: Reading,
  { stream, signal, watch }: { readonly stream: Duplex; readonly signal: AbortSignal; readonly watch: boolean },
): Promise<unknown> {
  if (!watch) return reading.run(stream, signal)
  const timer = setInterval(() => reading.look(), LOOK_EVERY)
  const error = await reading.run(stream, signal) // never rejects
  clearInterval(timer)
  reading.look(error === undefined)
  return error
}

/**
 * Runs an exchange until it calls `end` or the signal ends it: gives undefined where it completed, else what ended it.
 * Never rejects: a field or path that no request may carry ends it too.
 */
export function untilEnded(signal: AbortSignal, begin: (end: (error?: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (error?: unknown): void => {
      signal.removeEventListener('abort', abort)
      resolve(error)
    }
    const abort = (): void => end(signal.reason)
    if (signal.aborted) return end(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    try {
      begin(end)
    } catch (error) {
      end(error)
    }
  })
}

/** State of one exchange while it goes on. */
class Reading {
  stage: Stage = 'request'
  #status: number | undefined
  #headers: HttpHeaders = []
  #body: Uint8Array[] = []
  #bodyBytes = 0
  #truncated = false
  readonly #arrivals = new ArrivalCurve()
  readonly #departures = new ArrivalCurve()
  readonly #wire: Wire
  readonly #question: HttpQuestion
  readonly #now: () => Millis
  readonly #sentBefore: number
  readonly #receivedBefore: number

  constructor(wire: Wire, question: HttpQuestion, now: () => Millis) {
    this.#wire = wire
    this.#question = question
    this.#now = now
    this.#sentBefore = wire.sent
    this.#receivedBefore = wire.received
  }

  get #received(): number {
    return this.#wire.received - this.#receivedBefore
  }

  get #sent(): number {
    return this.#wire.sent - this.#sentBefore
  }

  /** Notes what the peer has acknowledged; all that was sent where an answer has come and the connection is gone. */
  look(answered = false): void {
    const total = this.#wire.acknowledged() ?? (answered ? this.#wire.sent : undefined)
    if (total !== undefined && total > this.#sentBefore) this.#departures.add(this.#now(), total - this.#sentBefore)
  }

  /** Undefined where the exchange completed, else what ended it; never rejects. */
  run(stream: Duplex, signal: AbortSignal): Promise<unknown> {
    return untilEnded(signal, (end) => {
      this.#wire.onMoved = () => {
        this.#note()
        if (this.#received >= this.#question.enough) end()
        else if (this.#received > this.#question.most) end(new EndlessAnswer())
      }
      this.#ask(stream, end)
    })
  }

  #note(): void {
    const at = this.#now()
    if (this.#received > 0) this.#arrivals.add(at, this.#received)
  }

  #ask(stream: Duplex, end: (error?: unknown) => void): void {
    const { method, path, headers, body = [] } = this.#question
    const asked = request({
      method,
      path,
      headers: headers.flat(),
      setHost: false,
      createConnection: () => stream,
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
    })
    asked.maxHeadersCount = MAX_HEADERS
    asked.on('error', end)
    asked.once('finish', () => {
      if (this.stage === 'request') this.stage = 'answer'
    })
    asked.on('close', () => end(new ClosedEarly()))
    asked.once('response', (response) => this.#read(response, end))
    asked.once('upgrade', (response) => {
      this.#take(response)
      end()
    })
    pour(asked, body[Symbol.iterator]())
  }

  #take(response: IncomingMessage): void {
    this.stage = 'body'
    this.#status = response.statusCode
    const raw = response.rawHeaders
    this.#headers = Array.from({ length: raw.length >> 1 }, (_, i) => [raw[2 * i]!, raw[2 * i + 1]!]) // pairs
  }

  #read(response: IncomingMessage, end: (error?: unknown) => void): void {
    this.#take(response)
    const { bodyCap, discard = false } = this.#question
    response.on('data', (bytes: Buffer) => {
      if (discard) return
      const room = bodyCap - this.#bodyBytes
      this.#bodyBytes += Math.min(room, bytes.length)
      if (room > 0) this.#body.push(bytes.subarray(0, room))
      if (bytes.length <= room) return
      this.#truncated = true
      end()
    })
    response.on('error', end)
    response.once('end', () => end())
  }

  found(): Omit<HttpAnswer, 'startedAt' | 'endedAt' | 'failure'> {
    return {
      ...(this.#status !== undefined && { status: this.#status }),
      headers: this.#headers,
      body: new Uint8Array(Buffer.concat(this.#body)),
      bodyTruncated: this.#truncated,
      arrivals: this.#arrivals.points,
      departures: this.#departures.points,
      bytesSent: this.#sent,
      bytesReceived: this.#received,
    }
  }
}

/** Writes the pieces of a body as fast as the connection takes them, then ends the request. */
function pour(asked: ClientRequest, pieces: Iterator<Uint8Array>): void {
  for (;;) {
    const piece = pieces.next()
    if (piece.done === true) {
      asked.end()
      return
    }
    if (asked.destroyed) return
    if (!asked.write(piece.value)) break
  }
  asked.once('drain', () => pour(asked, pieces))
}

/** The connection ended before the answer did; worded as the runtime words it. */
export class ClosedEarly extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE'
}

/** More bytes came than any honest framing of the answer needs. */
export class EndlessAnswer extends Error {
  readonly code = 'HPE_ENDLESS'
}
