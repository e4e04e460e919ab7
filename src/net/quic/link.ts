import { randomBytes } from 'node:crypto'
import type { OperationFailure } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { classifyError } from '../classify-error.ts'
import type { QuicBinding, QuicConnection } from './binding.ts'
import { closeCode, closeDetail } from './close.ts'
import { readLongHeader, sortAnswer, type OwnIds } from './header.ts'
import type { Destination } from '../tools.ts'
import { openUdpFlow, type UdpFlow } from '../tunnel/udp-flow.ts'

/** Largest datagram sent: what every path carries, RFC 9000 §14. */
const DATAGRAM = 1200
/** Longest silence that the library itself allows: beyond any limit of an operation, which we keep ourselves. */
const IDLE = 120_000
/** Datagrams are counted as if each carried so much of a stream; more than that number are not looked at. */
const SMALLEST_USEFUL = 256
const MOST_FIRST_BYTES = 64
const H3_NO_ERROR = 0x100

export interface LinkOptions {
  /** Absent: a ClientHello without a name. */
  readonly serverName?: string | undefined
  readonly alpn: readonly string[]
  /** Bytes that the peer may send on all streams before we ask for more. */
  readonly window: number
}

/** What the flow under a connection has shown so far. */
export interface LinkFacts {
  readonly helloAt?: Millis
  readonly helloBytes?: number
  readonly firstByteAt?: Millis
  readonly firstBytes?: Uint8Array
  readonly answered: boolean
}

/**
 * Opens a QUIC connection over a UDP flow of its own and sends its first flight. Rejects with the system's error where
 * there is no way to the destination. The caller disposes it.
 */
export async function openQuicLink(
  to: Destination,
  options: LinkOptions,
  tools: { readonly binding: QuicBinding; readonly clock: Clock },
): Promise<QuicLink> {
  const early: { link?: QuicLink } = {}
  const events = {
    onDatagram: (datagram: Buffer) => early.link?.take(datagram),
    onError: (error: Error) => early.link?.fail(classifyError(error, 'handshake')),
  }
  const flow = await openUdpFlow(to, events, 256 + Math.ceil(options.window / SMALLEST_USEFUL))
  const sourceId = randomBytes(16)
  try {
    const connection = tools.binding.Connection.connect(
      options.serverName ?? null,
      sourceId,
      flow.local,
      { host: to.address, port: to.port },
      configure(tools.binding, options),
    )
    const link = new QuicLink({ to, flow, connection, sourceId, clock: tools.clock })
    early.link = link
    link.start()
    return link
  } catch (error) {
    await flow[Symbol.asyncDispose]()
    throw error
  }
}

function configure(binding: QuicBinding, options: LinkOptions): ReturnType<QuicBinding['Config']['withBoringSslCtx']> {
  // Verification is ours (quic.ts): the library would end the handshake, and the exchange that proves it with it.
  const config = binding.Config.withBoringSslCtx(false, true, null, null, null, null)
  config.grease(false)
  config.setApplicationProtos(options.alpn)
  config.setMaxIdleTimeout(IDLE)
  config.setMaxRecvUdpPayloadSize(1472)
  config.setMaxSendUdpPayloadSize(DATAGRAM)
  config.setInitialMaxData(options.window)
  config.setInitialMaxStreamDataBidiLocal(options.window)
  config.setInitialMaxStreamDataBidiRemote(0)
  config.setInitialMaxStreamDataUni(16 * 1024)
  config.setInitialMaxStreamsBidi(0)
  config.setInitialMaxStreamsUni(8)
  return config
}

interface LinkParts {
  readonly to: Destination
  readonly flow: UdpFlow
  readonly connection: QuicConnection
  readonly sourceId: Uint8Array
  readonly clock: Clock
}

/** The library's state machine, which has no sockets and no clocks, with ours around it. */
export class QuicLink implements AsyncDisposable {
  readonly connection: QuicConnection
  readonly flow: UdpFlow
  readonly #parts: LinkParts
  readonly #out = Buffer.alloc(DATAGRAM + 300)
  #facts: LinkFacts = { answered: false }
  #ids: OwnIds | undefined
  #failure: OperationFailure | undefined
  #timer: NodeJS.Timeout | undefined
  #wake: () => void = () => undefined
  #closed = false

  constructor(parts: LinkParts) {
    this.#parts = parts
    this.connection = parts.connection
    this.flow = parts.flow
  }

  get facts(): LinkFacts {
    return this.#facts
  }

  /** Why the connection is no more; undefined while it lives. */
  get failure(): OperationFailure | undefined {
    return this.#failure
  }

  start(): void {
    this.flush()
    this.#facts = { ...this.#facts, helloBytes: this.flow.bytesSent }
  }

  take(datagram: Buffer): void {
    this.#note(datagram)
    if (this.#failure !== undefined) return
    try {
      const { to, flow } = this.#parts
      this.connection.recv(Buffer.from(datagram), { from: { host: to.address, port: to.port }, to: flow.local })
    } catch {
      // What the library cannot read it ignores, or it closes the connection: `#look` tells which.
    }
    this.#step()
  }

  fail(failure: OperationFailure): void {
    this.#failure ??= failure
    this.#wake()
  }

  /** Sends what is due and sets the alarm for what will be; called after every use of `connection`. */
  flush(): void {
    try {
      for (;;) {
        const made = this.connection.send(this.#out)
        if (made === null) break
        const datagram = Buffer.from(this.#out.subarray(0, made[0]))
        this.#ids ??= idsOf(datagram)
        if (this.#facts.helloAt === undefined) this.#facts = { ...this.#facts, helloAt: this.#parts.clock.monotonic() }
        this.flow.send(datagram)
      }
    } catch (error) {
      this.fail(classifyError(error, 'handshake'))
    }
    this.#setAlarm()
  }

  /** Waits until `done` gives a value, or the connection has failed (undefined); rejects with the signal's reason. */
  async until<T>(done: () => T | undefined, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      signal.throwIfAborted()
      const value = done()
      if (value !== undefined || this.#failure !== undefined) return value
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          signal.removeEventListener('abort', wake)
          resolve()
        }
        this.#wake = wake
        signal.addEventListener('abort', wake, { once: true })
      })
    }
  }

  #note(datagram: Buffer): void {
    if (this.#facts.firstByteAt === undefined)
      this.#facts = {
        ...this.#facts,
        firstByteAt: this.#parts.clock.monotonic(),
        firstBytes: Uint8Array.from(datagram.subarray(0, MOST_FIRST_BYTES)),
      }
    if (this.#facts.answered || this.#ids === undefined) return
    const kind = sortAnswer(datagram, this.#ids)
    if (kind === 'stranger') return
    this.#facts = { ...this.#facts, answered: true }
    if (kind === 'versions') this.fail({ code: 'quic_incompatible_version', stage: 'handshake', detail: '' })
  }

  #step(): void {
    this.flush()
    this.#look()
    this.#wake()
  }

  #look(): void {
    const peer = this.connection.peerError()
    const own = this.connection.localError()
    const stage = this.connection.isEstablished() ? 'answer' : 'handshake'
    if (peer !== null) this.fail({ code: closeCode(peer), stage, detail: closeDetail(peer, 'peer') })
    else if (own !== null) this.fail({ code: 'ssl_failed_handshake', stage, detail: closeDetail(own, 'ourselves') })
    else if (this.connection.isClosed()) this.fail({ code: 'eof_error', stage, detail: '' })
  }

  #setAlarm(): void {
    clearTimeout(this.#timer)
    const due = this.#closed ? null : this.connection.timeout()
    if (due === null) return
    this.#timer = setTimeout(() => {
      this.connection.onTimeout()
      this.#step()
    }, due)
  }

  /** Says goodbye, so that the peer keeps no state of us, stops the alarm and closes the socket. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    try {
      this.connection.close(true, H3_NO_ERROR, Buffer.alloc(0))
      this.flush()
    } catch {
      // Closed already: nothing to say.
    }
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flow[Symbol.asyncDispose]()
  }
}

function idsOf(firstPacket: Buffer): OwnIds | undefined {
  const header = readLongHeader(firstPacket)
  return header && { sourceId: header.sourceId, destinationId: header.destinationId }
}
