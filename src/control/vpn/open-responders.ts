import { randomBytes } from 'node:crypto'
import { parseAddress } from '../../core/model/address.ts'
import { encodeResponders, type RespondersDocument } from '../../core/model/tables/responders.ts'
import {
  CLIENT_RESET_LENGTH,
  firstFramed,
  framed,
  readClientReset,
  serverReset,
  SESSION_ID,
} from '../../net/tunnel/openvpn-packet.ts'
import { readVersions } from '../../net/tunnel/tor-cells.ts'
import { answerShaped, isShaped, SHAPES, type ShapeName } from '../../net/tunnel/shaped.ts'
import { answerInitiation, INITIATION_LENGTH } from '../../net/tunnel/wireguard-noise.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { TokenBuckets } from '../../runtime/token-buckets.ts'
import { openPrefixKeys } from '../prefix-keys.ts'
import { AnswerCredit } from './answer-credit.ts'
import { loadResponderKeys } from './responder-keys.ts'
import { makeTorIdentity } from './tor-identity.ts'
import { openUdpResponder, type ResponderBounds, mayServe, type ListeningServer } from './udp-responder.ts'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { Duplex } from 'node:stream'
import { Fault } from '../../core/model/errors.ts'

export interface RespondersOptions {
  /** Where all of them listen. */
  readonly host: string
  /** 0 takes any free one. */
  readonly ports: {
    readonly openvpnUdp: number
    readonly openvpnTcp: number
    readonly wireguard: number
    readonly tor: number
  }
  /** Where the keys lie or are made. */
  readonly keyFolder: string
  /** Ends all of them. */
  readonly signal: AbortSignal
  readonly clock?: Clock
}

/** Responders that listen; disposing them closes all. */
export interface OpenResponders extends AsyncDisposable {
  readonly openvpn: { readonly udp: number; readonly tcp: number }
  readonly wireguard: { readonly port: number; readonly publicKey: Uint8Array }
  /** `fingerprint` is that of the RSA identity, by which tor's clients name a relay. */
  readonly tor: { readonly port: number; readonly fingerprint: string }
  readonly shapedKey: Uint8Array
}

/** Exchanges of one prefix (24 bits of IPv4, 48 of IPv6) and of everybody, and prefixes remembered. */
// Many lines of a provider share one address, and an answer that a bound kept back looks like a lost one.
const PER_PREFIX = { burst: 600, perSecond: 10, most: 20_000 } as const
const TOGETHER = { burst: 2_000, perSecond: 500, most: 1 } as const

/**
 * Opens the responders of `kuager control --vpn`: each answers the first exchange of its protocol to anyone, and the
 * shaped question on the same port; none continues to a tunnel, none logs. Throws Fault where a port cannot be had.
 */
export async function openResponders(options: RespondersOptions): Promise<OpenResponders> {
  options.signal.throwIfAborted()
  const { host, ports, clock = systemClock } = options
  const keys = await loadResponderKeys(options.keyFolder)
  const identity = await makeTorIdentity(keys, clock.now())
  const bounds: ResponderBounds = {
    keyOf: openPrefixKeys(),
    perPrefix: new TokenBuckets(PER_PREFIX, clock),
    together: new TokenBuckets(TOGETHER, clock),
    credit: new AnswerCredit(PER_PREFIX.most),
  }
  const shaped = (name: ShapeName, bytes: Buffer): Buffer | undefined =>
    isShaped(keys.shaped, bytes, SHAPES[name].question)
      ? answerShaped(keys.shaped, bytes, SHAPES[name].answer)
      : undefined

  await using opening = new AsyncDisposableStack()
  const udp = opening.use(
    await openUdpResponder({ host, port: ports.openvpnUdp }, bounds, {
      length: CLIENT_RESET_LENGTH,
      answer: (datagram) => answerReset(datagram) ?? shaped('openvpn-udp', datagram),
    }),
  )
  const tcp = opening.use(
    await openTcpResponder({ host, port: ports.openvpnTcp }, bounds, {
      answer: (soFar) => {
        if (soFar.length < SHAPES['openvpn-tcp'].question) return 'more'
        const packet = firstFramed(soFar)
        const reset = packet && answerReset(packet)
        return reset === undefined ? (shaped('openvpn-tcp', soFar) ?? 'none') : framed(reset)
      },
    }),
  )
  const wireguard = opening.use(
    await openUdpResponder({ host, port: ports.wireguard }, bounds, {
      length: INITIATION_LENGTH,
      answer: (datagram) => answerInitiation(datagram, keys.wireguard, randomBytes(4)) ?? shaped('wireguard', datagram),
    }),
  )
  const tor = opening.use(
    await openTcpResponder({ host, port: ports.tor }, bounds, {
      tls: identity,
      answer: (soFar, { remoteAddress = '', localAddress = '' }) => {
        const versions = readVersions(soFar)
        if (versions === 'more') return 'more'
        if (versions !== 'other') return identity.greet(addressBytes(remoteAddress), addressBytes(localAddress))
        return soFar.length < SHAPES.tor.question ? 'more' : (shaped('tor', soFar) ?? 'none')
      },
    }),
  )
  const open = opening.move()
  // One closing for both who may ask: a stack asked twice does not wait the second time.
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => (closing ??= open.disposeAsync())
  const end = (): void => void close()
  options.signal.addEventListener('abort', end, { once: true })
  open.defer(() => options.signal.removeEventListener('abort', end))
  return {
    openvpn: { udp: udp.port, tcp: tcp.port },
    wireguard: { port: wireguard.port, publicKey: keys.wireguard.publicKey },
    tor: { port: tor.port, fingerprint: identity.fingerprint },
    shapedKey: keys.shaped,
    [Symbol.asyncDispose]: close,
  }
}

/** Stateless: the session id of the server is new each time and forgotten at once. */
function answerReset(packet: Buffer): Buffer | undefined {
  const client = readClientReset(packet)
  return client && serverReset(randomBytes(SESSION_ID), client)
}

const addressBytes = (text: string): readonly number[] => parseAddress(text) ?? [0, 0, 0, 0]

/** What a control publishes at `/x-responders`: the form of `responders.json`, under the address where they are reached. */
export const describeResponders = (open: OpenResponders, address: string): RespondersDocument =>
  encodeResponders({
    address,
    openvpn: open.openvpn,
    wireguard: open.wireguard,
    tor: { port: open.tor.port },
    shapedKey: open.shapedKey,
  })

/** Connections at one time, and how long one may last. */
const MOST_CONNECTIONS = 512
const LONGEST = 10_000
/** Bytes of a question that are read. */
const MOST_BYTES = 1024

interface StreamAnswer {
  /** Looks at what has come: bytes to send, `more`, or `none` for what is no question of ours. */
  readonly answer: (soFar: Buffer, socket: Socket) => Uint8Array | 'more' | 'none'
  /** Certificate and key where the question comes inside TLS. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Answers one question on each connection and lets the peer close it; keeps nothing of who asked. */
async function openTcpResponder(
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
