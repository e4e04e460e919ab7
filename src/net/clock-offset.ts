import { createSocket, type Socket } from 'node:dgram'
import { randomBytes } from 'node:crypto'
import { addressFamily } from '../core/model/address.ts'
import type { ClockOutcome } from '../core/model/measured/operation.ts'
import { millis, type Instant, type Millis } from '../core/model/units.ts'
import { openDeadline } from '../runtime/deadline.ts'
import { failureOf } from './classify-error.ts'
import type { Destination, NetTools } from './tools.ts'

/** Seconds from 1900 to 1970, and from 1900 to the second era in 2036. */
const UNIX_EPOCH = 2_208_988_800
const ERA = 4_294_967_296

/** An answer that cannot be used, in the words of the protocol. */
class UselessAnswer extends Error {
  override readonly name = 'UselessAnswer'
}

/**
 * Asks one server for the time, once, as an SNTP client; `server` is the name that the outcome carries. Our transmit
 * timestamp is random, so that the packet tells nothing of the owner's clock and no one who did not see it can answer.
 * A kiss-o'-death or a server without time gives `unknown_failure` with its word. Source: RFC 5905 §8, §14; RFC 4330 §5
 * (checks); RFC 9109 and draft-ietf-ntp-data-minimization.
 */
export async function measureClockOffset(
  to: Destination & { readonly server: string },
  tools: NetTools,
): Promise<ClockOutcome> {
  tools.signal.throwIfAborted()
  const startedAt = tools.clock.monotonic()
  const base = { operation: 'clock', server: to.server, startedAt } as const
  using deadline = openDeadline(tools.signal, tools.limit, 'time server')
  let socket: Socket | undefined
  try {
    const family = addressFamily(to.address)
    if (family === undefined) throw Object.assign(new Error('no address'), { code: 'EINVAL' })
    socket = createSocket(family === 4 ? 'udp4' : 'udp6')
    const found = await exchange(socket, to, { tools, signal: deadline.signal })
    return { ...base, endedAt: tools.clock.monotonic(), ...found }
  } catch (error) {
    const endedAt = tools.clock.monotonic()
    if (error instanceof UselessAnswer)
      return { ...base, endedAt, failure: { code: 'unknown_failure', stage: 'answer', detail: error.message } }
    return { ...base, endedAt, failure: failureOf(error, 'answer', tools) }
  } finally {
    socket?.close()
  }
}

interface Offset {
  readonly offset: Millis
  readonly roundTrip: Millis
}

function exchange(
  socket: Socket,
  to: Destination,
  { tools, signal }: { readonly tools: NetTools; readonly signal: AbortSignal },
): Promise<Offset> {
  const question = Buffer.alloc(48)
  question[0] = (4 << 3) | 3 // version 4, mode client
  const transmit = randomBytes(8)
  transmit.copy(question, 40)
  return new Promise((resolve, reject) => {
    let sent: { readonly wall: Instant; readonly at: Millis } | undefined
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    socket.on('error', reject)
    socket.on('message', (bytes) => {
      if (sent === undefined || bytes.length < 48 || !bytes.subarray(24, 32).equals(transmit)) return // not to us
      const elapsed = tools.clock.monotonic() - sent.at
      try {
        resolve(readAnswer(bytes, sent.wall, elapsed))
      } catch (error) {
        reject(error)
      }
    })
    socket.once('connect', () => {
      if (signal.aborted) return
      sent = { wall: tools.clock.now(), at: tools.clock.monotonic() }
      socket.send(question, (error) => (error ? reject(error) : undefined))
    })
    socket.connect(to.port, to.address)
  })
}

/** Offset and round trip from an answer whose origin is ours. Source: RFC 5905 §8, equations of offset and delay. */
function readAnswer(bytes: Buffer, wall: number, elapsed: number): Offset {
  const first = bytes[0] ?? 0
  const stratum = bytes[1] ?? 0
  const [leap, version, mode] = [first >> 6, (first >> 3) & 7, first & 7]
  if (mode !== 4 || version < 3 || version > 4) throw new UselessAnswer('not an answer of a time server')
  if (stratum === 0) throw new UselessAnswer(`kiss of death ${kissCode(bytes)}`)
  if (leap === 3 || stratum > 15) throw new UselessAnswer('the server has no time')
  const received = readTimestamp(bytes, 32)
  const transmitted = readTimestamp(bytes, 40)
  const held = transmitted - received
  if (bytes.readUInt32BE(40) === 0 || held < 0 || held > elapsed + 1) throw new UselessAnswer('times out of order')
  // t4 by the monotonic clock: someone may set the other one while the answer is under way
  const offset = (received - wall + (transmitted - (wall + elapsed))) / 2
  return { offset: millis(offset), roundTrip: millis(Math.max(0, elapsed - held)) }
}

/** Four letters that say why a server does not answer, such as `RATE`. */
const kissCode = (bytes: Buffer): string => bytes.toString('latin1', 12, 16).replace(/[^A-Z]/g, '?')

/** Milliseconds since 1970 of a timestamp; seconds below half an era are in the era that begins in 2036. */
function readTimestamp(bytes: Buffer, at: number): number {
  const seconds = bytes.readUInt32BE(at)
  const era = seconds < ERA / 2 ? ERA : 0
  return (seconds + era - UNIX_EPOCH) * 1000 + (bytes.readUInt32BE(at + 4) / ERA) * 1000
}

/**
 * Offset by the `Date` of an answer over HTTP, for lines where no time server answers: the middle of its second against
 * the middle of the exchange, right to half the exchange and half a second. Undefined for what is no date.
 */
export function clockOffsetFromDate(
  header: string,
  exchange: { readonly sentAt: Instant; readonly duration: Millis },
): { readonly offset: Millis; readonly within: Millis } | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(header)) return undefined
  const date = Date.parse(header)
  if (Number.isNaN(date)) return undefined
  const middle = exchange.sentAt + exchange.duration / 2
  return { offset: millis(date + 500 - middle), within: millis(500 + exchange.duration / 2) }
}
