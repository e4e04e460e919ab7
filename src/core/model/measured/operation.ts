import type { FailureCode } from './failure.ts'
import type { Address, NameRole } from './observation.ts'
import type { Millis } from '../units.ts'

/**
 * Outcomes of measured operations, as the operations of net/ give them: data, for any behaviour of the network. Times
 * are monotonic milliseconds of the clock that the operation was given; the encoder subtracts the start of the
 * measurement. Nothing here names the person's own address.
 */

/** Where an operation stood when it failed. */
export const STAGES = ['resolve', 'connect', 'hello', 'handshake', 'verify', 'request', 'answer', 'body'] as const
export type Stage = (typeof STAGES)[number]

/** Why an operation did not complete. */
export interface OperationFailure {
  readonly code: FailureCode
  readonly stage: Stage
  /** The error as the runtime or the peer worded it, without addresses; empty where the code says everything. */
  readonly detail: string
  /** Length of our own limit, where that is what ended it. */
  readonly limit?: Millis
}

interface OperationBase {
  readonly startedAt: Millis
  readonly endedAt: Millis
  /** Absent where the operation completed. */
  readonly failure?: OperationFailure
}

export const RESOLVER_KINDS = ['system', 'udp', 'doh'] as const
export type ResolverKind = (typeof RESOLVER_KINDS)[number]

/** One answer of a resolver. */
export interface LookupAnswer {
  readonly at: Millis
  readonly answers: readonly (Address & { readonly ttl?: number })[]
  readonly canonicalNames: readonly string[]
  readonly rcode?: number
  /** Message as it came, where one came. */
  readonly raw?: Uint8Array
}

export interface LookupOutcome extends OperationBase {
  readonly operation: 'lookup'
  readonly via: ResolverKind
  /** `address:port` or the URL asked; absent for the system's resolver. */
  readonly resolver?: string
  /** A resolver of the measured lists was asked by packets, and not the line's own. */
  readonly listed?: true
  readonly name: string
  /** `ANY` is what getaddrinfo asks: both families in one call. */
  readonly queryType: 'A' | 'AAAA' | 'ANY'
  readonly answer?: LookupAnswer
  /** Answers to the same question that came after the first: an injected answer and the true one both arrive. */
  readonly late: readonly LookupAnswer[]
}

export interface ConnectOutcome extends OperationBase {
  readonly operation: 'connect'
  readonly address: string
  readonly port: number
  /** Source port, so that residual blocking of a flow can be distinguished from blocking of a name. */
  readonly localPort?: number
}

/** A TLS handshake over TCP, or a QUIC handshake over UDP, under one name to one address. */
export interface HandshakeOutcome extends OperationBase {
  readonly operation: 'handshake'
  readonly transport: 'tcp' | 'udp'
  readonly address: string
  readonly port: number
  /** Absent where the ClientHello carries no name. */
  readonly serverName?: string
  readonly alpnOffered: readonly string[]
  readonly alpn?: string
  /** `TLSv1.3` … */
  readonly version?: string
  readonly cipher?: string
  /** DER, leaf first, as the server sent them, also where verification failed. */
  readonly chain: readonly Uint8Array[]
  /** Whether the chain was checked against the trusted roots and the name; a failure of that check is `failure`. */
  readonly verifies: boolean
  /** TCP only: the connection under the handshake, made for it alone. A connection that failed leaves no handshake. */
  readonly connect?: ConnectOutcome
  readonly localPort?: number
  /** Moments: ClientHello handed to the network, first byte of the answer. */
  readonly helloAt?: Millis
  readonly firstByteAt?: Millis
  /** Bytes of the first flight we sent, and TCP segments or datagrams it took. */
  readonly helloBytes?: number
  /** First bytes of the answer, at most 64. */
  readonly firstBytes?: Uint8Array
  /** Whether anything that is TLS (or QUIC) came back: the server, or someone in its place, read our hello. */
  readonly answered: boolean
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Total of bytes that had arrived (or left) at a moment. */
export type Arrival = readonly [at: Millis, bytes: number]

/** One HTTP exchange on a connection of its own. */
export interface ExchangeOutcome extends OperationBase {
  readonly operation: 'exchange'
  readonly url: string
  readonly method: 'GET' | 'POST' | 'HEAD'
  readonly over: 'plain' | 'tls' | 'quic'
  readonly address: string
  readonly port: number
  readonly requestHeaders: readonly (readonly [string, string])[]
  readonly status?: number
  readonly headers: readonly (readonly [string, string])[]
  /** At most as many bytes as the caller allowed. */
  readonly body: Uint8Array
  readonly bodyTruncated: boolean
  readonly arrivals: readonly Arrival[]
  /** The connection and handshake it ran on. */
  readonly connect?: ConnectOutcome
  readonly handshake?: HandshakeOutcome
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** Bytes moved on one connection under one name, bounded in bytes and time: half of a throughput pair. */
export interface TransferOutcome extends OperationBase {
  readonly operation: 'transfer'
  readonly direction: 'down' | 'up'
  readonly serverName: string
  readonly address: string
  readonly port: number
  /** Payload bytes between the first and the last moment of `arrivals`. */
  readonly bytes: number
  /** Of the transfer alone, without connection and handshake. */
  readonly duration: Millis
  readonly arrivals: readonly Arrival[]
  readonly status?: number
}

export const TUNNEL_PROTOCOLS = ['openvpn', 'wireguard', 'tor'] as const

/**
 * First exchange of a tunnel's protocol. `shape` is `protocol` for the real one and `shaped` for the control: a payload
 * of equal length and timing without the protocol's shape, to the same server and port.
 */
export interface TunnelOutcome extends OperationBase {
  readonly operation: 'tunnel'
  readonly protocol: (typeof TUNNEL_PROTOCOLS)[number]
  readonly transport: 'tcp' | 'udp'
  readonly shape: 'protocol' | 'shaped'
  readonly address: string
  readonly port: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

/** The local clock against a server's. Source: RFC 5905. */
export interface ClockOutcome extends OperationBase {
  readonly operation: 'clock'
  readonly server: string
  /** Milliseconds to add to the local clock; absent where nothing was learnt. */
  readonly offset?: Millis
  readonly roundTrip?: Millis
}

/** An operation with the role that its name or address plays in a pair. */
export interface Roled<Outcome> {
  readonly role: NameRole
  /** Round of pairs within the run of one endpoint: 0, then one more for each repetition. */
  readonly round: number
  readonly outcome: Outcome
}
