import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Duplex } from 'node:stream'
import { Fault } from '../../core/model/errors.ts'
import { mayServe, type ListeningServer, type ResponderBounds } from './udp-responder.ts'

/** Connections at one time, and how long one may last. */
const MOST_CONNECTIONS = 512
const LONGEST = 10_000
/** Bytes of a question that are read. */
const MOST_BYTES = 1024

export interface StreamAnswer {
  /** Looks at what has come: bytes to send, `more`, or `none` for what is no question of ours. */
  readonly answer: (soFar: Buffer, socket: Socket) => Uint8Array | 'more' | 'none'
  /** Certificate and key where the question comes inside TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Answers one question on each connection and lets the peer close it; keeps nothing of who asked. */
export async function openTcpResponder(
  at: { readonly host: string; readonly port: number },
  bounds: ResponderBounds,
  question: StreamAnswer,
): Promise<ListeningServer> {
  const open = new Set<Socket>()
  const admit = (socket: Socket): boolean => {
    open.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => open.delete(socket))
    const key = bounds.keyOf(socket.remoteAddress ?? '')
    const alarm = setTimeout(() => socket.destroy(), LONGEST)
    socket.once('close', () => clearTimeout(alarm))
    if (open.size <= MOST_CONNECTIONS && mayServe(bounds, key)) return true
    socket.destroy()
    return false
  }
  const { tls } = question
  const server: Server =
    tls === undefined
      ? createServer((socket) => {
          if (admit(socket)) converse(socket, (soFar) => question.answer(soFar, socket))
        })
      : createTlsServer({ ...tls, minVersion: 'TLSv1.2', handshakeTimeout: LONGEST }, (socket) =>
          converse(socket, (soFar) => question.answer(soFar, socket)),
        ).on('tlsClientError', (_error, socket) => socket.destroy())
  if (tls !== undefined) server.on('connection', admit)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(at.port, at.host, resolve)
    })
  } catch (error) {
    throw new Fault(`Cannot open responder on TCP port ${at.port}`, { cause: error })
  }
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : at.port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        for (const socket of open) socket.destroy()
      }),
  }
}

function converse(stream: Duplex, answer: (soFar: Buffer) => Uint8Array | 'more' | 'none'): void {
  let soFar = Buffer.alloc(0)
  let answered = false
  stream.on('error', () => stream.destroy())
  stream.on('data', (bytes: Buffer) => {
    if (answered) return // what a client says further is read and dropped until it or our alarm closes
    soFar = Buffer.concat([soFar, bytes])
    const made = soFar.length > MOST_BYTES ? 'none' : answer(soFar)
    if (made === 'more') return
    answered = true
    if (made === 'none') stream.destroy()
    else stream.write(made)
  })
  stream.on('end', () => stream.end())
}
