import { randomBytes } from 'node:crypto'
import type { HandshakeOutcome, OperationFailure } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { classifyError, failureOf } from '../classify-error.ts'
import { closeCode, closeDetail } from './close.ts'
import { readInitialFrames } from './frames.ts'
import { readLongHeader, readVarint, sortAnswer, varint, type LongHeader } from './header.ts'
import { quicHello, sentName } from './hello.ts'
import { initialKeys, openPacket, sealPacket } from './keys.ts'
import type { Destination, NetTools } from '../tools.ts'
import { openUdpFlow, type UdpFlow } from '../tunnel/udp-flow.ts'

/** Every datagram with an Initial of a client has at least this many bytes, RFC 9000 §14.1. */
const DATAGRAM = 1200
const TAG = 16
const SERVER_HELLO = 2
/** When the packet is sent again, milliseconds after the first: the doubling of RFC 9002 §6.2. */
const RESENDS = [1000, 3000, 7000] as const

interface Greeting {
  readonly serverName?: string
  readonly verify?: boolean
}

/** One attempt's state: what we send, and what the answers have shown. */
interface Greeted {
  readonly sourceId: Buffer
  readonly hello: Buffer
  destinationId: Buffer
  token: Buffer
  retried: boolean
  packetNumber: number
  answered: boolean
  firstByteAt?: Millis
  firstBytes?: Uint8Array
  settle: (failure: OperationFailure | undefined) => void
}

/**
 * Sends one hand-made Initial packet of QUIC version 1 (RFC 9000 §17.2.2, RFC 9001 §5.2) with the name in its
 * ClientHello, and reads the first answer: a ServerHello is completion, a close or a version negotiation is its
 * failure, silence our own limit. No chain is read, so `verifies` is false. For machines without the native library.
 */
export async function greetQuic(to: Destination, options: Greeting, tools: NetTools): Promise<HandshakeOutcome> {
  tools.signal.throwIfAborted()
  using deadline = openDeadline(tools.signal, tools.limit, 'QUIC greeting')
  const startedAt = tools.clock.monotonic()
  const sourceId = randomBytes(8)
  const state: Greeted = {
    sourceId,
    hello: quicHello({ serverName: sentName(options.serverName), sourceId }),
    destinationId: randomBytes(8),
    token: Buffer.alloc(0),
    retried: false,
    packetNumber: 0,
    answered: false,
    settle: () => undefined,
  }
  let flow: UdpFlow | undefined
  let helloAt: Millis | undefined
  let failure: OperationFailure | undefined
  const resends: NodeJS.Timeout[] = []
  try {
    flow = await openUdpFlow(to, {
      onDatagram: (datagram) => take(state, datagram, { flow, now: () => tools.clock.monotonic() }),
      onError: (error) => state.settle(classifyError(error, 'handshake')),
    })
    const sending = flow
    helloAt = tools.clock.monotonic()
    sending.send(initialPacket(state, helloFrame(state.hello)))
    for (const after of RESENDS)
      resends.push(setTimeout(() => sending.send(initialPacket(state, helloFrame(state.hello))), after))
    failure = await new Promise<OperationFailure | undefined>((resolve, reject) => {
      state.settle = resolve
      if (deadline.signal.aborted) reject(deadline.signal.reason)
      deadline.signal.addEventListener('abort', () => reject(deadline.signal.reason), { once: true })
    })
  } catch (error) {
    failure = failureOf(error, flow === undefined ? 'connect' : 'handshake', tools)
  } finally {
    resends.forEach((resend) => clearTimeout(resend))
    // The server would send its answer again and again: transport close without an error, RFC 9000 §19.19.
    if (state.answered) flow?.send(initialPacket(state, Buffer.of(0x1c, 0, 0, 0)))
    await flow?.[Symbol.asyncDispose]()
  }
  return describe(to, options, { startedAt, endedAt: tools.clock.monotonic(), helloAt, failure, flow, state })
}

interface Described {
  readonly startedAt: Millis
  readonly endedAt: Millis
  readonly helloAt: Millis | undefined
  readonly failure: OperationFailure | undefined
  readonly flow: UdpFlow | undefined
  readonly state: Greeted
}

function describe(to: Destination, options: Greeting, parts: Described): HandshakeOutcome {
  const { flow, state, helloAt, failure } = parts
  return {
    operation: 'handshake',
    transport: 'udp',
    address: to.address,
    port: to.port,
    startedAt: parts.startedAt,
    endedAt: parts.endedAt,
    ...(options.serverName === undefined ? undefined : { serverName: options.serverName }),
    alpnOffered: ['h3'],
    chain: [],
    verifies: false,
    ...(flow && { localPort: flow.local.port }),
    ...(helloAt === undefined ? undefined : { helloAt, helloBytes: DATAGRAM }),
    ...(state.firstByteAt === undefined ? undefined : { firstByteAt: state.firstByteAt }),
    ...(state.firstBytes && { firstBytes: state.firstBytes }),
    answered: state.answered,
    bytesSent: flow?.bytesSent ?? 0,
    bytesReceived: flow?.bytesReceived ?? 0,
    ...(failure && { failure }),
  }
}

const helloFrame = (hello: Buffer): Buffer => Buffer.concat([Buffer.of(6, 0), varint(hello.length), hello])

function initialPacket(state: Greeted, frame: Buffer): Buffer {
  const { destinationId, sourceId, token } = state
  const lead = Buffer.concat([
    Buffer.of(0xc3, 0, 0, 0, 1, destinationId.length),
    destinationId,
    Buffer.of(sourceId.length),
    sourceId,
    varint(token.length),
    token,
  ])
  // Two bytes of length and four of packet number follow, the tag ends the packet.
  const room = Math.max(frame.length, DATAGRAM - lead.length - 2 - 4 - TAG)
  const payload = Buffer.concat([frame, Buffer.alloc(room - frame.length)])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(0x4000 | (4 + payload.length + TAG))
  const header = Buffer.concat([lead, length])
  const packetNumber = state.packetNumber++
  return sealPacket(initialKeys(destinationId, 'client'), { header, packetNumber, payload })
}

function take(state: Greeted, datagram: Buffer, at: { flow: UdpFlow | undefined; now: () => Millis }): void {
  state.firstByteAt ??= at.now()
  state.firstBytes ??= Uint8Array.from(datagram.subarray(0, 64))
  const kind = sortAnswer(datagram, state)
  if (kind === 'stranger') return
  state.answered = true
  if (kind === 'versions') return state.settle({ code: 'quic_incompatible_version', stage: 'handshake', detail: '' })
  const header = readLongHeader(datagram)
  if (header?.kind === 'initial') readInitial(state, datagram, header)
  if (header?.kind === 'retry' && !state.retried) {
    // The tag of the packet is not checked: anyone on the path can make it too.
    state.retried = true
    state.destinationId = Buffer.from(header.sourceId)
    state.token = Buffer.from(datagram.subarray(header.end, Math.max(header.end, datagram.length - TAG)))
    if (state.token.length > 0 && state.token.length < 512) at.flow?.send(initialPacket(state, helloFrame(state.hello)))
  }
}

function readInitial(state: Greeted, datagram: Buffer, header: LongHeader): void {
  const token = readVarint(datagram, header.end)
  const length = token && readVarint(datagram, token[1] + token[0])
  if (length === undefined) return
  const [bytes, at] = length
  const payload = openPacket(initialKeys(state.destinationId, 'server'), datagram, at, at + bytes)
  if (payload === undefined) return
  for (const frame of readInitialFrames(payload)) {
    if (frame.kind === 'close')
      return state.settle({
        code: closeCode(frame.close),
        stage: 'handshake',
        detail: closeDetail(frame.close, 'peer'),
      })
    if (frame.kind === 'crypto' && frame.offset === 0 && frame.data[0] === SERVER_HELLO) return state.settle(undefined)
  }
}
