import { addressFamily, splitEndpoint } from '../../model/address.ts'
import type { Failure } from '../../model/measured/failure.ts'
import {
  isRecord,
  listOf,
  notKnown,
  optionalFlag,
  optionalText,
  rowsOf,
  wrongShape,
  type JsonRecord,
  type Writable,
} from './decoder.ts'
import { readFailure } from './read-failure.ts'
import { addTiming, NO_TAGS, type Timing } from './timing.ts'

/** One TLS or QUIC handshake. Source: OONI data format df-006-tlshandshake. */
export interface HandshakeRow extends Timing {
  readonly address?: string
  readonly port?: number
  /** Name in the (outer) ClientHello; absent where none was sent or recorded. */
  readonly serverName?: string
  readonly version?: string
  readonly alpn?: string
  /** Base64 of DER, leaf first, as the probe kept them. */
  readonly certificates: readonly string[]
  /** Whether the client checked the chain; true in clients that do not say. */
  readonly verifies: boolean
  /** Error of the socket underneath, as tlsmiddlebox records it: `host_unreachable` is a hop that ran out of TTL. */
  readonly socketError?: string
  /** Whether anything of TLS or QUIC came back, where the client says. */
  readonly answered?: boolean
  /** Bytes that had come when the handshake ended. */
  readonly received?: number
  readonly failure?: Failure
}

/** Certificates of one chain that are read. */
const LONGEST_CHAIN = 16
const NONE: readonly string[] = []

function certificatesOf(row: JsonRecord, source: string): readonly string[] {
  const list = listOf(row, 'peer_certificates', source)
  if (list.length === 0) return NONE
  const chain: string[] = []
  for (let i = 0; i < list.length && i < LONGEST_CHAIN; i++) {
    const entry = list[i]
    const data = typeof entry === 'string' ? entry : isRecord(entry) ? entry['data'] : entry
    if (typeof data === 'string') chain.push(data)
    else {
      // It keeps its place: the one behind it is not the leaf.
      notKnown(wrongShape(`${source}/peer_certificates/${i}`, 'a certificate in base64', entry))
      chain.push('')
    }
  }
  return chain
}

/** Decodes one handshake. */
export function decodeHandshake(row: JsonRecord, source: string, stage: 'tls' | 'quic' = 'tls'): HandshakeRow {
  const endpoint = optionalText(row, 'address', source)
  const split = endpoint === undefined || endpoint === '' ? undefined : splitEndpoint(endpoint)
  const named = optionalText(row, 'outer_server_name', source) || optionalText(row, 'server_name', source)
  const version = optionalText(row, 'tls_version', source)
  const alpn = optionalText(row, 'negotiated_protocol', source)
  const socketError = optionalText(row, 'so_error', source)
  const failure = readFailure(row, source, stage)
  const made: Writable<HandshakeRow> = { source, tags: NO_TAGS, certificates: NONE, verifies: true }
  addTiming(made, row)
  made.certificates = certificatesOf(row, source)
  const unverified = row['no_tls_verify']
  const isStated = unverified !== undefined && unverified !== null
  // A flag that cannot be read proves no name.
  made.verifies = !isStated || optionalFlag(row, 'no_tls_verify', source) === false
  if (split !== undefined) {
    made.address = split.address
    made.port = split.port
  }
  if (named && addressFamily(named) === undefined) made.serverName = named
  if (version) made.version = version
  if (alpn) made.alpn = alpn
  if (socketError) made.socketError = socketError
  if (failure !== undefined) made.failure = failure
  return made
}

/** Handshakes of one list. */
export const decodeHandshakes = (from: JsonRecord, key: string, at: string, stage: 'tls' | 'quic') =>
  rowsOf<HandshakeRow>(from, key, at, (row, source) => decodeHandshake(row, source, stage))
