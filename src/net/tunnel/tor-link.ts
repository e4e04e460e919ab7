import { randomBytes, randomInt } from 'node:crypto'
import type { OperationFailure, TunnelOutcome } from '../../core/model/measured/operation.ts'
import { handshakeTls } from '../tls/tls.ts'
import { CLIENT_VERSIONS, readRelayGreeting } from './tor-cells.ts'
import type { Destination, NetTools } from '../tools.ts'
import { askStream, type StreamQuestion } from './tcp.ts'

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'

/** A name as tor's clients put into their ClientHello: `www.`, 4 to 25 random characters, an ending. */
export function randomHostname(ending: 'com' | 'net'): string {
  const letters = Array.from(randomBytes(randomInt(4, 26)), (byte) => BASE32[byte & 31])
  return `www.${letters.join('')}.${ending}`
}

/**
 * The first exchange with a Tor relay (tor-spec, "Negotiating and initializing channels"): TLS under a random name and
 * without verification, VERSIONS, and from the relay VERSIONS, CERTS that stand for this TLS connection, NETINFO.
 * Connection, TLS and cells may each take `tools.limit`. Wrong where a censor knows tor by the order of ciphers and
 * extensions in its ClientHello: ours is the runtime's.
 */
export const measureTorLink = (to: Destination, tools: NetTools): Promise<TunnelOutcome> =>
  askInTls(
    to,
    {
      shape: 'protocol',
      serverName: randomHostname('com'),
      bytes: CLIENT_VERSIONS,
      accepts: (soFar, certificate) => readRelayGreeting(soFar, certificate),
    },
    tools,
  )

export interface TlsQuestion extends Pick<StreamQuestion, 'bytes'>, Pick<TunnelOutcome, 'shape'> {
  readonly serverName: string
  /** Also given the TLS certificate of the peer, DER. */
  readonly accepts: (soFar: Buffer, certificate: Uint8Array) => 'answer' | 'more' | 'other'
}

/** One question inside TLS to a Tor port. Throws only where the run ends. */
export async function askInTls(to: Destination, question: TlsQuestion, tools: NetTools): Promise<TunnelOutcome> {
  const { serverName, shape, bytes } = question
  const made = await handshakeTls(to, { serverName, alpn: [], verify: false }, tools)
  const { connect, outcome: handshake, socket, wire } = made
  const { startedAt } = connect
  const base = { operation: 'tunnel', protocol: 'tor', transport: 'tcp', shape, ...to, startedAt } as const
  const outcome = (failure: OperationFailure | undefined): TunnelOutcome => ({
    ...base,
    endedAt: tools.clock.monotonic(),
    bytesSent: wire?.sent ?? handshake?.bytesSent ?? 0,
    bytesReceived: wire?.received ?? handshake?.bytesReceived ?? 0,
    ...(failure && { failure }),
  })
  if (socket === undefined) return outcome(handshake?.failure ?? connect.failure)
  try {
    const certificate = handshake?.chain[0] ?? new Uint8Array(0)
    const accepts = (soFar: Buffer): 'answer' | 'more' | 'other' => question.accepts(soFar, certificate)
    return outcome(await askStream(socket, { bytes, accepts }, tools))
  } finally {
    socket.destroy()
    wire?.destroy()
  }
}
