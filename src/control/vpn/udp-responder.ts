import dgram from 'node:dgram'
import { Fault } from '../../core/model/errors.ts'
import { addressFamily } from '../../core/model/address.ts'
import type { TokenBuckets } from '../../runtime/token-buckets.ts'
import type { AnswerCredit } from './answer-credit.ts'

/** What every responder is given, so that one bound holds over all of them. */
export interface ResponderBounds {
  /** Turns an address into a key that cannot be traced back. */
  readonly keyOf: (address: string) => string
  readonly perPrefix: TokenBuckets
  readonly together: TokenBuckets
  readonly credit: AnswerCredit
}

/** Whether a client may be served now; takes one of its tokens and one of the common ones. */
export const mayServe = (bounds: ResponderBounds, key: string): boolean =>
  bounds.perPrefix.take(key) === 0 && bounds.together.take('all') === 0

/** A server that listens until it is disposed. */
export interface ListeningServer extends AsyncDisposable {
  readonly port: number
}

/**
 * Answers datagrams, never with more bytes than came from there, and keeps nothing of who asked. `answer` gives
 * undefined for what is no question of ours; it is called for datagrams of the one length alone.
 */
export async function openUdpResponder(
  at: { readonly host: string; readonly port: number },
  bounds: ResponderBounds,
  question: { readonly length: number; readonly answer: (datagram: Buffer) => Uint8Array | undefined },
): Promise<ListeningServer> {
  const socket = dgram.createSocket(addressFamily(at.host) === 6 ? 'udp6' : 'udp4')
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(at.port, at.host, resolve)
    })
  } catch (error) {
    socket.close()
    throw new Fault(`Cannot open responder on UDP port ${at.port}`, { cause: error })
  }
  socket.removeAllListeners('error')
  socket.on('error', () => undefined) // an answer that could not be sent
  socket.on('message', (datagram, from) => {
    if (datagram.length !== question.length) return
    const key = bounds.keyOf(from.address)
    if (!mayServe(bounds, key)) return
    const answer = question.answer(datagram)
    if (answer === undefined || !bounds.credit.allows(key, datagram.length, answer.length)) return
    socket.send(answer, from.port, from.address, () => undefined)
  })
  return {
    port: socket.address().port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.close(() => resolve())),
  }
}
