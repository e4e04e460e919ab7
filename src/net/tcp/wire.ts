import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import { unacknowledgedBytes } from './unacknowledged.ts'

/** Bytes of an answer that are kept to look at: a flight of certificates at its largest, and what surrounds it. */
const MAX_KEPT = 192 * 1024

/**
 * A TCP connection as a stream that counts and remembers what passes: TLS or HTTP speaks over it as over the socket,
 * and what lay on the wire, and when, stays known, independent of what the library makes of it. Destroying it destroys
 * the socket.
 */
export class Wire extends Duplex {
  /** Bytes that came, and that the kernel took for sending. */
  received = 0
  sent = 0
  /** When the first bytes were handed to the kernel, and how many; when the first answer came. */
  firstSentAt: Millis | undefined
  firstSentBytes = 0
  firstReceivedAt: Millis | undefined
  /** The peer closed its side. */
  ended = false
  /** Error of the socket itself: what the network did, before any library has reworded it. */
  broken: Error | undefined
  /** Told after every change of `received` or `sent`. */
  onMoved: (() => void) | undefined
  /** Told when the peer has closed its side; bytes that came before may still wait to be read. */
  onEnded: (() => void) | undefined
  #kept: Buffer[] = []
  #keptBytes = 0
  #keeps = true
  #told = false
  readonly #socket: Socket
  readonly #clock: Clock

  constructor(socket: Socket, clock: Clock) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    this.#clock = clock
    socket.on('data', (bytes) => this.#take(bytes))
    socket.on('end', () => {
      this.ended = true
      this.push(null)
      this.onEnded?.()
    })
    socket.on('error', (error) => this.#fail(error))
    // What came before the end may still wait to be read.
    socket.on('close', () =>
      this.ended && !this.readableEnded ? this.once('end', () => this.destroy()) : this.destroy(),
    )
    this.on('error', () => undefined) // known by `broken`; a stream without a listener would end the process
    if (socket.errored !== null) this.#fail(socket.errored)
    else if (socket.destroyed) this.destroy()
  }

  /** What came since the start, as far as it is kept. */
  get kept(): Buffer {
    return Buffer.concat(this.#kept)
  }

  /**
   * Bytes sent that the peer has acknowledged: undefined where the system has told so far and no longer does, as of a
   * connection that is gone; those that the kernel took where it never tells. It may lack the last write, of which the
   * kernel has taken a part.
   */
  acknowledged(): number | undefined {
    const waiting = unacknowledgedBytes(this.#socket)
    if (waiting === undefined) return this.#told ? undefined : this.sent
    this.#told = true
    return Math.max(0, this.sent - waiting)
  }

  /** Ends the keeping of bytes and frees them: the handshake is over. */
  forget(): void {
    this.#keeps = false
    this.#kept = []
  }

  #take(bytes: Buffer): void {
    this.firstReceivedAt ??= this.#clock.monotonic()
    this.received += bytes.length
    if (this.#keeps && this.#keptBytes < MAX_KEPT) {
      this.#kept.push(bytes.subarray(0, MAX_KEPT - this.#keptBytes))
      this.#keptBytes += bytes.length
    }
    this.onMoved?.()
    if (!this.push(bytes)) this.#socket.pause()
  }

  #fail(error: Error): void {
    this.broken ??= error
    this.destroy(error)
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.firstReceivedAt === undefined) {
      this.firstSentAt ??= this.#clock.monotonic()
      this.firstSentBytes += bytes.length
    }
    this.#socket.write(bytes, (error) => {
      if (error === undefined || error === null) {
        this.sent += bytes.length
        this.onMoved?.()
      }
      done(error)
    })
  }

  override _final(done: () => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // After an ordinary end the kernel would send unanswered bytes again for minutes, and a censor that acts on a name
    // would act on it in later pairs: a reset makes it forget.
    const isSilent = this.sent > 0 && this.received === 0 && !this.ended && this.broken === undefined
    if (isSilent) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
    done(error)
  }
}
