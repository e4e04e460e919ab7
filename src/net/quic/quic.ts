import type { HandshakeOutcome, OperationFailure } from '../../core/model/measured/operation.ts'
import type { Millis } from '../../core/model/units.ts'
import { openDeadline } from '../../runtime/deadline.ts'
import { failureOf } from '../classify-error.ts'
import { sentName } from './hello.ts'
import { loadQuicBinding, type QuicBinding } from './binding.ts'
import { greetQuic } from './initial.ts'
import { openQuicLink, type QuicLink } from './link.ts'
import type { Destination, NetTools } from '../tools.ts'
import { X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { openCertificates } from '../../runtime/certificates.ts'
import { chainFailure, checkPeer, type PeerCheck } from '../tls/verify.ts'

export interface QuicOptions {
  /** Name of the ClientHello; absent: none, and the leaf is checked for the address. An address is never sent as a name. */
  readonly serverName?: string
  readonly alpn?: readonly ['h3']
  /** Whether the chain is checked; a failed check becomes the failure, the chain stays. Default true. */
  readonly verify?: boolean
}

/** Certificates of one chain, and bytes of all, that are kept. */
const MOST_CERTIFICATES = 16
const MOST_CHAIN_BYTES = 64 * 1024
const ALPN = ['h3'] as const
/** Bytes that a peer may send on streams of a handshake alone: its settings. */
const HANDSHAKE_WINDOW = 64 * 1024

/**
 * One QUIC version 1 handshake (RFC 9000, 9001) to an address, from a fresh source port. Where the native library is
 * missing, one hand-made Initial packet: whether a server answers the name, without a chain, `verifies` false.
 * Throws only where the run ends.
 */
export async function handshakeQuic(to: Destination, options: QuicOptions, tools: NetTools): Promise<HandshakeOutcome> {
  tools.signal.throwIfAborted()
  const binding = loadQuicBinding()
  if (binding === undefined) return greetQuic(to, options, tools)
  using deadline = openDeadline(tools.signal, tools.limit, 'QUIC handshake')
  const shaken = await shakeHands(
    to,
    { ...options, window: HANDSHAKE_WINDOW },
    { tools, binding, signal: deadline.signal },
  )
  await shaken.link?.[Symbol.asyncDispose]()
  return shaken.describe()
}

/** A connection after its handshake, completed or not; the caller disposes the link. */
export interface QuicHandshake {
  /** Absent where there was no way to the destination. */
  readonly link?: QuicLink
  /** The outcome, with the bytes moved up to now. */
  readonly describe: () => HandshakeOutcome
}

interface ShakeTools {
  readonly tools: NetTools
  readonly binding: QuicBinding
  readonly signal: AbortSignal
}

/** The handshake of `handshakeQuic` on a connection that stays open. Throws only where the run ends. */
export async function shakeHands(
  to: Destination,
  options: QuicOptions & { readonly window: number },
  { tools, binding, signal }: ShakeTools,
): Promise<QuicHandshake> {
  const startedAt = tools.clock.monotonic()
  const alpn = options.alpn ?? ALPN
  const link = await openQuicLink(
    to,
    { serverName: sentName(options.serverName), alpn, window: options.window },
    { binding, clock: tools.clock },
  ).catch((error: unknown) => failureOf(error, 'connect', tools))
  if (!('connection' in link)) {
    const outcome = describeHandshake(to, options, { startedAt, endedAt: tools.clock.monotonic(), failure: link })
    return { describe: () => outcome }
  }
  try {
    const ended = await completion(link, { tools, signal })
    // What our own check of the chain takes is no time of the network's.
    const failure = ended.failure ?? (options.verify === false ? undefined : checkChain(link, to, { options, tools }))
    return { link, describe: () => describeHandshake(to, options, { startedAt, ...ended, failure, link }) }
  } catch (error) {
    await link[Symbol.asyncDispose]()
    throw error
  }
}

async function completion(
  link: QuicLink,
  { tools, signal }: Omit<ShakeTools, 'binding'>,
): Promise<{ readonly endedAt: Millis; readonly failure: OperationFailure | undefined }> {
  try {
    await link.until(() => (link.connection.isEstablished() ? true : undefined), signal)
    return { endedAt: tools.clock.monotonic(), failure: link.failure }
  } catch (error) {
    return { endedAt: tools.clock.monotonic(), failure: failureOf(error, 'handshake', tools) }
  }
}

function checkChain(
  link: QuicLink,
  to: Destination,
  { options, tools }: { readonly options: QuicOptions; readonly tools: NetTools },
): OperationFailure | undefined {
  const host = options.serverName ?? to.address
  return verifyChain({ chain: chainOf(link), host, at: tools.clock.now() }, tools.extraRoots)
}

function chainOf(link: QuicLink): readonly Uint8Array[] {
  let bytes = 0
  return (link.connection.peerCertChain() ?? []).slice(0, MOST_CERTIFICATES).flatMap((der) => {
    bytes += der.length
    return bytes > MOST_CHAIN_BYTES ? [] : [Uint8Array.from(der)]
  })
}

interface HandshakeParts {
  readonly startedAt: Millis
  readonly endedAt: Millis
  readonly failure: OperationFailure | undefined
  readonly link?: QuicLink
}

function describeHandshake(to: Destination, options: QuicOptions, parts: HandshakeParts): HandshakeOutcome {
  const { link, failure } = parts
  const stood = link?.connection.isEstablished() === true
  const alpn = stood ? Buffer.from(link.connection.applicationProto()).toString('latin1') : ''
  const { answered, ...moments } = link?.facts ?? { answered: false }
  return {
    operation: 'handshake',
    transport: 'udp',
    address: to.address,
    port: to.port,
    startedAt: parts.startedAt,
    endedAt: parts.endedAt,
    ...(options.serverName === undefined ? undefined : { serverName: options.serverName }),
    alpnOffered: options.alpn ?? ALPN,
    ...(alpn === '' ? undefined : { alpn }),
    // QUIC version 1 carries TLS 1.3 alone, RFC 9001 §4.2.
    ...(stood ? { version: 'TLSv1.3' } : undefined),
    chain: link === undefined ? [] : chainOf(link),
    verifies: options.verify ?? true,
    ...(link && { localPort: link.flow.local.port }),
    ...moments,
    answered,
    bytesSent: link?.flow.bytesSent ?? 0,
    bytesReceived: link?.flow.bytesReceived ?? 0,
    ...(failure && { failure }),
  }
}

type Certificates = ReturnType<typeof openCertificates>
/** One set for each list of additional roots: decoding about 150 takes milliseconds. */
const sets = new WeakMap<readonly string[], Certificates>()
const NONE: readonly string[] = []

function trusting(extraRoots: readonly string[]): Certificates {
  const known = sets.get(extraRoots) ?? openCertificates([...rootCertificates, ...extraRoots])
  sets.set(extraRoots, known)
  return known
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1'
const ANY_PURPOSE = '2.5.29.37.0'

/** Whether the leaf's purposes, where it names any, hold that of a server. RFC 5280 §4.2.1.12. */
function isForServers(leaf: Uint8Array): boolean {
  const purposes: readonly string[] | undefined = new X509Certificate(leaf).keyUsage
  return purposes === undefined || purposes.includes(SERVER_AUTH) || purposes.includes(ANY_PURPOSE)
}

/**
 * Checks a chain as it came over QUIC, whose library lets every chain pass: date and name of the leaf and the order of
 * faults as over TCP (`checkPeer`), then a path to a root. `extraRoots` are PEM, trusted besides Mozilla's.
 * BUG: constraints on names and path lengths are not checked (see runtime/certificates.ts). Consequence: a chain
 * that breaks only those passes here and would fail in a browser.
 */
function verifyChain(peer: PeerCheck, extraRoots = NONE): OperationFailure | undefined {
  return checkPeer(peer) ?? pathFault(peer, extraRoots)
}

function pathFault({ chain, at }: PeerCheck, extraRoots: readonly string[]): OperationFailure | undefined {
  const leaf = chain[0]
  if (leaf !== undefined && !isForServers(leaf))
    return chainFailure('ssl_invalid_certificate', 'leaf is not for servers')
  const state = trusting(extraRoots).chainState(
    chain.map((der) => Buffer.from(der).toString('base64')),
    at,
  )
  switch (state) {
    case 'trusted':
      return undefined
    case 'expired':
      return chainFailure('ssl_invalid_certificate', 'an authority of the chain has expired')
    case 'broken':
      return chainFailure('ssl_unknown_authority', 'a signature of the chain is not that of its issuer')
    case 'unchecked':
    case 'unanchored':
    case 'none':
      return chainFailure('ssl_unknown_authority', 'chain reaches no trusted root')
  }
}
