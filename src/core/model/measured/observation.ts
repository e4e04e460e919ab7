import type { Failure } from './failure.ts'
import type { PageReading } from './page-reading.ts'
import type { Asn, Instant, Seconds, Sha256 } from '../units.ts'

/** Who performed the operation: the probe on the measured line, or an uncensored vantage point elsewhere. */
export type Side = 'probe' | 'control'

/** How the address of an endpoint became known on the probe; only `system` and `literal` are the person's own path. */
export const ADDRESS_ORIGINS = ['system', 'literal', 'udp', 'doh', 'helper', 'unknown'] as const
export type AddressOrigin = (typeof ADDRESS_ORIGINS)[number]

/**
 * `target`: the name under test. `innocent`: a control name sent to the same address, the control half of a pair.
 * `crossed`: the name under test sent to an address of the control name. `neighbour`: the control name sent to another
 * address of the target's prefix, asked if the control name failed too.
 */
export const NAME_ROLES = ['target', 'innocent', 'crossed', 'neighbour'] as const
export type NameRole = (typeof NAME_ROLES)[number]

interface ObservationBase {
  /** JSON pointer into the measurement from which this row was made, such as `/test_keys/queries/3`. */
  readonly source: string
  readonly side: Side
  /** 0 for the first URL; one more for each redirect followed. */
  readonly hop: number
  /**
   * Part of the service this operation belongs to, for tests with several: `web`, `datacenter`, `endpoint`,
   * `registration`, `backend`, `or_port`, `obfs4`, `dir_port` …; `url` for tests of one URL.
   */
  readonly part: string
  /** Seconds since the start of the measurement when the operation began and ended, where recorded. */
  readonly startedAt?: Seconds
  readonly endedAt?: Seconds
  /** Absent when the operation completed. */
  readonly failure?: Failure
  /** Ties the rows of one flow together (OONI's transaction_id), where recorded. */
  readonly transaction?: number
  /** Round of pairs of our own probe: 0, then one more for each repetition. */
  readonly round?: number
}

export interface Address {
  readonly family: 4 | 6
  readonly address: string
  /** Network of the address, where the measurement tells it. */
  readonly asn?: Asn
}

export interface DnsObservation extends ObservationBase {
  readonly kind: 'dns'
  /** Lower-case ASCII (punycode) name without a final dot. */
  readonly name: string
  readonly queryType: string
  /** `system` is the resolver of the person's line; `doh` and `dot` are encrypted. */
  readonly resolver: 'system' | 'udp' | 'tcp' | 'dot' | 'doh' | 'unknown'
  /** Where the resolver was asked (address or URL); absent for the system's. */
  readonly resolverAddress?: string
  readonly answers: readonly Address[]
  readonly canonicalNames: readonly string[]
  /** A second, late answer to the same question: a sign of injection. */
  readonly duplicate: boolean
}

export interface TcpObservation extends ObservationBase {
  readonly kind: 'tcp'
  readonly address: string
  readonly port: number
  readonly family: 4 | 6
  readonly origin: AddressOrigin
  /** Name whose address this is, where known. */
  readonly name?: string
  /** Part that the connection plays in a pair, where told; TCP itself carries no name. */
  readonly role?: NameRole
}

/** What a certificate says of itself; made once per certificate and cached by its digest. */
export interface CertificateFacts {
  readonly sha256: Sha256
  readonly sha1: string
  readonly subjectName: string
  readonly issuerName: string
  readonly issuerOrganisation: string
  readonly issuerCountry: string
  readonly names: readonly string[]
  readonly serial: string
  readonly notBefore: Instant
  readonly notAfter: Instant
  readonly isAuthority: boolean
  readonly selfSigned: boolean
}

/**
 * What a second look at the chain gives, at the time of the measurement, against the pinned roots:
 * `trusted` verifies; `unanchored` chains to no pinned root (or is incomplete); `expired` verifies but for
 * its dates; `broken` a signature in it does not verify; `unchecked` was not looked at; `none` no certificate kept.
 */
export type ChainState = 'trusted' | 'unanchored' | 'expired' | 'broken' | 'unchecked' | 'none'

interface HandshakeObservation extends ObservationBase {
  /** Name sent in the ClientHello; absent where none was sent or recorded. */
  readonly name?: string
  readonly role: NameRole
  readonly address?: string
  readonly port?: number
  readonly family?: 4 | 6
  readonly origin: AddressOrigin
  readonly version?: string
  readonly alpn?: string
  /** In wire order, leaf first, as kept by the probe; a failed handshake may keep one that is not the leaf. */
  readonly certificates: readonly CertificateFacts[]
  /**
   * Of a control row: digests of the certificates the server showed there, leaf first; nothing more of them is
   * recorded.
   */
  readonly digests?: readonly Sha256[]
  /** Certificates were kept that cannot be read: what is missing from `certificates` is not known. */
  readonly unreadable?: true
  readonly chain: ChainState
  /** Whether the leaf is valid for the name; absent without a leaf or a name. */
  readonly nameMatches?: boolean
  /** Whether the probe itself verified the chain (a completed handshake is then a proof of the name). */
  readonly verified: boolean
  /** Whether anything of TLS or QUIC came back, alerts included; absent in clients that do not say. */
  readonly answered?: boolean
  /** Bytes that had come when the handshake ended, TLS and its framing; absent in clients that do not say. */
  readonly received?: number
}
export interface TlsObservation extends HandshakeObservation {
  readonly kind: 'tls'
}
export interface QuicObservation extends HandshakeObservation {
  readonly kind: 'quic'
}

export interface HttpObservation extends ObservationBase {
  readonly kind: 'http'
  /** As requested, without user name, password and fragment; absent where old clients left it out. */
  readonly url?: string
  /** Lower-case ASCII host of `url`. */
  readonly host?: string
  readonly scheme?: 'http' | 'https'
  readonly method: string
  readonly address?: string
  readonly port?: number
  readonly origin: AddressOrigin
  /** Carried over QUIC (HTTP/3). */
  readonly overQuic: boolean
  /** Part that the exchange plays in a pair, where told: whose Host it carried, and to whose address. */
  readonly role?: NameRole
  /** On control rows: the first answer of a chain, before any redirect was followed. */
  readonly first?: true
  readonly status?: number
  /** Names in lower case, values as text; a name may stand several times. */
  readonly headers: readonly (readonly [string, string])[]
  readonly location?: string
  /** Text of the title element, white space folded, at most 500 characters. */
  readonly title?: string
  /** Bytes of the body as received (or as the control says); absent when no answer came. */
  readonly bodyBytes?: number
  readonly bodyTruncated: boolean
  /** Body as text for fingerprints, at most 512 KiB; absent for control rows. */
  readonly body?: string
  /** Instead of headers, location, title and body, where what the server sent is withheld: what was read from them. */
  readonly read?: PageReading
}

export interface ThroughputObservation extends ObservationBase {
  readonly kind: 'throughput'
  readonly name?: string
  readonly address?: string
  readonly direction: 'down' | 'up'
  readonly bytes: number
  readonly duration: Seconds
  readonly port?: number
  readonly role?: NameRole
  readonly status?: number
  /** Bytes that had moved by a moment (seconds as in `startedAt`); at most 64 points. */
  readonly arrivals?: readonly (readonly [at: Seconds, bytes: number])[]
}

export interface TunnelObservation extends ObservationBase {
  readonly kind: 'tunnel'
  readonly protocol: 'openvpn' | 'tor' | 'obfs4' | 'snowflake' | 'psiphon' | 'wireguard' | 'stun' | 'other'
  readonly transport?: 'tcp' | 'udp'
  readonly address?: string
  readonly port?: number
  readonly bootstrap?: Seconds
  /** 0 to 100, where the protocol tells. */
  readonly progress?: number
  /** `shaped`: a payload of equal length and timing without the protocol's shape, to the same server and port. */
  readonly shape?: 'protocol' | 'shaped'
}

/** A flat row made from one operation. */
export type Observation =
  | DnsObservation
  | TcpObservation
  | TlsObservation
  | QuicObservation
  | HttpObservation
  | ThroughputObservation
  | TunnelObservation
