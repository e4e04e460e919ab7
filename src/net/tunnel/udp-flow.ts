import dgram from 'node:dgram'
import { addressFamily } from '../../core/model/address.ts'
import { isPort } from '../../core/model/port.ts'
import { errorFacts } from '../error-facts.ts'
import { freshSourcePort } from '../tcp/source-ports.ts'
import type { Destination } from '../tools.ts'

/** What a flow tells its user, one call for each datagram or error of the socket. */
export interface FlowEvents {
  readonly onDatagram: (datagram: Buffer) => void
  readonly onError: (error: Error) => void
}

/** One UDP flow to one destination from a source port of its own; disposing it waits for what is still being sent. */
export interface UdpFlow extends AsyncDisposable {
  readonly local: { readonly host: string; readonly port: number }
  readonly bytesSent: number
  readonly bytesReceived: number
  send(datagram: Uint8Array): void
}

/** Datagrams of one flow that are looked at where the caller names no number: a flood ends the listening alone. */
const MOST_DATAGRAMS = 512

/** Source ports tried one after the other where another program holds the first. */
const MOST_TRIES = 8

/**
 * Opens a connected UDP socket from a source port never used before towards the destination in this process. Connected,
 * so that an ICMP refusal reaches us as an error and datagrams of others do not reach us at all. Rejects with the
 * system's error where there is no way to the destination.
 */
export async function openUdpFlow(
  to: Destination,
  events: FlowEvents,
  mostDatagrams = MOST_DATAGRAMS,
): Promise<UdpFlow> {
  const family = addressFamily(to.address)
  if (family === undefined || !isPort(to.port))
    throw Object.assign(new Error('no address and port'), { code: 'EINVAL' })
  for (let attempt = 1; ; attempt++) {
    const socket = dgram.createSocket({ type: family === 6 ? 'udp6' : 'udp4' })
    try {
      await connectFrom(socket, freshSourcePort(to.address, to.port), to)
      return new Flow(socket, events, mostDatagrams)
    } catch (error) {
      socket.close()
      if (attempt >= MOST_TRIES || errorFacts(error).code !== 'EADDRINUSE') throw error
    }
  }
}

const connectFrom = (socket: dgram.Socket, port: number, to: Destination): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind({ port, exclusive: true }, () => {
      socket.connect(to.port, to.address, (error?: unknown) => {
        if (error instanceof Error) reject(error)
        else resolve()
      })
    })
  })

class Flow implements UdpFlow {
  readonly local: { readonly host: string; readonly port: number }
  bytesSent = 0
  bytesReceived = 0
  readonly #socket: dgram.Socket
  readonly #events: FlowEvents
  readonly #sending = new Set<Promise<void>>()
  readonly #most: number
  #datagrams = 0
  #closed = false

  constructor(socket: dgram.Socket, events: FlowEvents, most: number) {
    this.#most = most
    this.#socket = socket
    this.#events = events
    const own = socket.address()
    this.local = { host: own.address, port: own.port }
    socket.removeAllListeners('error')
    socket.on('error', (error) => this.#report(error))
    socket.on('message', (datagram) => this.#take(datagram))
  }

  send(datagram: Uint8Array): void {
    if (this.#closed) return
    this.bytesSent += datagram.length
    const sent = new Promise<void>((resolve) => {
      this.#socket.send(datagram, (error) => {
        if (error !== null) this.#report(error)
        resolve()
      })
    })
    this.#sending.add(sent)
    void sent.then(() => this.#sending.delete(sent))
  }

  #take(datagram: Buffer): void {
    this.bytesReceived += datagram.length
    if (this.#closed || ++this.#datagrams > this.#most) return
    this.#events.onDatagram(datagram)
  }

  #report(error: Error): void {
    if (!this.#closed) this.#events.onError(error)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.all(this.#sending)
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()))
  }
}
