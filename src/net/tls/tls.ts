import { connect as connectTls, type CipherNameAndProtocol, type SecureContext, type TLSSocket } from 'node:tls'
import { addressFamily } from '../../core/model/address.ts'
import type { ConnectOutcome, HandshakeOutcome, OperationFailure } from '../../core/model/measured/operation.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { connectTcp } from '../tcp/connect.ts'
import { secureContextFor, type Hello } from './context.ts'
import { checkPeer } from './verify.ts'
import type { Destination, NetTools } from '../tools.ts'
import { readFlight } from './wire-chain.ts'
import { looksLikeTls } from './wire-records.ts'
import { Wire } from '../tcp/wire.ts'

export interface TlsOptions {
  /**
   * Sent in the clear in the ClientHello; absent: none is sent. An address is never sent as a name. What no hello can
   * carry (255 bytes of printable ASCII) fails as `invalid_argument` at `hello`, with nothing sent.
   */
  readonly serverName?: string
  /** Offered protocols; `h2` and `http/1.1` where absent, as browsers do; `[]` offers none. */
  readonly alpn?: readonly string[]
  /** Whether chain and name are checked; a failed check is the failure, and the chain stays. True where absent. */
  readonly verify?: boolean
  readonly hello?: Hello
}

/** A TLS handshake and what it left. `socket` and `wire` are present only if it completed: the caller destroys them. */
export interface TlsHandshake {
  readonly connect: ConnectOutcome
  readonly outcome?: HandshakeOutcome
  readonly socket?: TLSSocket
  /** The connection under `socket`; it counts every byte. */
  readonly wire?: Wire
}

export const BROWSER_ALPN = ['h2', 'http/1.1'] as const
const FIRST_BYTES = 64

/**
 * Connects to an address and makes a TLS handshake under a name. Connection and handshake may each take `tools.limit`,
 * so that a slow connection does not make a silent handshake. What the network does is in the outcome: silence after
 * the hello is `generic_timeout_error` at `handshake`, bytes that are no TLS are `ssl_non_tls_bytes` however the
 * connection ended afterwards. Throws the reason of `tools.signal` where the run ends. Source of the method:
 * docs/methods/tls-and-http.md, handshake.
 */
export async function handshakeTls(to: Destination, options: TlsOptions, tools: NetTools): Promise<TlsHandshake> {
  const { outcome: connect, socket } = await connectTcp(to, tools)
  if (socket === undefined) return { connect }
  const wire = new Wire(socket, tools.clock)
  let kept = false
  try {
    const made = await shakeHands(wire, { to, options, connect }, tools)
    kept = made.socket !== undefined
    return { connect, ...made, ...(kept && { wire }) }
  } finally {
    if (!kept) wire.destroy()
    wire.forget()
  }
}

interface Under {
  readonly to: Destination
  readonly options: TlsOptions
  readonly connect: ConnectOutcome
}

async function shakeHands(
  wire: Wire,
  { to, options, connect }: Under,
  tools: NetTools,
): Promise<Pick<TlsHandshake, 'socket'> & { readonly outcome: HandshakeOutcome }> {
  const { serverName, verify = true, alpn = BROWSER_ALPN } = options
  const sendsName = serverName !== undefined && addressFamily(serverName) === undefined
  // Made before any time of the handshake runs.
  const secureContext = secureContextFor(options.hello ?? 'usual', tools.extraRoots)
  const startedAt = tools.clock.monotonic()
  using deadline = openDeadline(tools.signal, tools.limit, 'TLS handshake')
  const { tls, secret, error } =
    sendsName && !CARRIED.test(serverName)
      ? { tls: undefined, secret: undefined, error: new NameNotCarried() }
      : await greet(wire, { secureContext, alpn, ...(sendsName && { servername: serverName }) }, deadline.signal)
  const endedAt = tools.clock.monotonic()
  const { chain } = readFlight(wire.kept, secret)
  const agreed = tls === undefined ? {} : agreement(tls)
  const failure =
    tls === undefined
      ? handshakeFailure(error, wire, tools)
      : verify
        ? checkPeer({ chain, host: serverName ?? to.address, at: tools.clock.now(), ...complaint(tls) })
        : undefined
  if (failure !== undefined) tls?.destroy()
  const outcome: HandshakeOutcome = {
    operation: 'handshake',
    transport: 'tcp',
    address: to.address,
    port: to.port,
    ...(sendsName && { serverName }),
    alpnOffered: alpn,
    ...agreed,
    chain,
    verifies: verify,
    connect,
    ...(connect.localPort !== undefined && { localPort: connect.localPort }),
    startedAt,
    endedAt,
    ...seenOnWire(wire),
    ...(failure !== undefined && { failure }),
  }
  return { outcome, ...(failure === undefined && tls !== undefined && { socket: tls }) }
}

/** What a ClientHello can carry as a name: the library leaves a longer one out, and cuts at a zero, without a word. */
const CARRIED = /^[\x21-\x7e]{1,255}$/

class NameNotCarried extends Error {
  readonly code = 'ERR_INVALID_ARG_VALUE'
}

interface Greeting {
  readonly secureContext: SecureContext
  readonly alpn: readonly string[]
  readonly servername?: string
}

/** What became of a greeting: the connection under TLS where it completed, else what ended it. */
interface Greeted {
  readonly tls?: TLSSocket | undefined
  readonly secret?: Uint8Array | undefined
  readonly error?: unknown
}

async function greet(wire: Wire, { alpn, ...greeting }: Greeting, signal: AbortSignal): Promise<Greeted> {
  const tls = connectTls({
    ...greeting,
    socket: wire,
    rejectUnauthorized: false, // a refused chain would be thrown away; it is checked by us, as the name is
    checkServerIdentity: () => undefined,
    ALPNProtocols: [...alpn],
  })
  const secret = listenForSecret(tls)
  const error = await endOfHandshake(tls, wire, signal)
  return error === undefined ? { tls, secret: secret() } : { secret: secret(), error }
}

type Seen = 'helloAt' | 'helloBytes' | 'firstByteAt' | 'firstBytes' | 'answered' | 'bytesSent' | 'bytesReceived'

function seenOnWire(wire: Wire): Pick<HandshakeOutcome, Seen> {
  const firstBytes = Uint8Array.from(wire.kept.subarray(0, FIRST_BYTES))
  return {
    ...(wire.firstSentAt !== undefined && { helloAt: wire.firstSentAt, helloBytes: wire.firstSentBytes }),
    ...(wire.firstReceivedAt !== undefined && { firstByteAt: wire.firstReceivedAt, firstBytes }),
    answered: firstBytes.length > 0 && looksLikeTls(firstBytes),
    bytesSent: wire.sent,
    bytesReceived: wire.received,
  }
}

/** What both sides agreed on; of a connection that was cut off as soon as it stood, nothing. */
export function agreement(tls: TLSSocket): Pick<HandshakeOutcome, 'version' | 'cipher' | 'alpn'> {
  const version = tls.getProtocol()
  const cipher: CipherNameAndProtocol | null = tls.getCipher() // null once the connection has gone, in spite of its type
  return {
    ...(version !== null && { version }),
    ...(cipher !== null && { cipher: cipher.standardName }),
    ...(typeof tls.alpnProtocol === 'string' && { alpn: tls.alpnProtocol }),
  }
}

/** What OpenSSL has against the chain, if anything. */
const complaint = (tls: TLSSocket): { readonly library?: string } =>
  tls.authorized ? {} : { library: String(tls.authorizationError) }

/** Gives, once it is known, the secret that opens the server's half of a handshake of TLS 1.3. */
function listenForSecret(tls: TLSSocket): () => Uint8Array | undefined {
  let secret: Uint8Array | undefined
  tls.on('keylog', (line: Buffer) => {
    secret ??= serverSecret(line)
  })
  return () => secret
}

/** The secret of a line of the key log that opens the server's half of the handshake. Source: NSS key log format. */
function serverSecret(line: Buffer): Uint8Array | undefined {
  const found = /^SERVER_HANDSHAKE_TRAFFIC_SECRET [0-9a-f]+ ([0-9a-f]+)/i.exec(line.toString('latin1'))?.[1]
  return found === undefined ? undefined : Buffer.from(found, 'hex')
}

/**
 * Waits for the end of a handshake: undefined where it completed, else what ended it, and all is closed then. Never
 * rejects.
 */
function endOfHandshake(tls: TLSSocket, wire: Wire, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const end = (error?: unknown): void => {
      signal.removeEventListener('abort', abort)
      if (error !== undefined) tls.destroy()
      resolve(error)
    }
    const abort = (): void => end(signal.reason)
    tls.on('error', end) // stays: an error after the handshake is the next operation's, and ends no process
    tls.once('secureConnect', () => end())
    tls.once('close', () => end(wire.broken ?? new PeerClosed()))
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
}

/** The peer closed without a word of TLS; worded as the runtime words it. */
class PeerClosed extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE'
}

function handshakeFailure(error: unknown, wire: Wire, tools: NetTools): OperationFailure {
  const stage = error instanceof NameNotCarried ? 'hello' : 'handshake'
  const failure = failureOf(wire.broken ?? error, stage, tools)
  const first = wire.kept.subarray(0, FIRST_BYTES)
  if (first.length > 0 && !looksLikeTls(first)) return { code: 'ssl_non_tls_bytes', stage: 'handshake', detail: '' }
  return failure
}
