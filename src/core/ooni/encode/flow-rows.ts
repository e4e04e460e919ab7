import { defined } from '../../model/defined.ts'
import type { ConnectOutcome, HandshakeOutcome, Roled } from '../../model/measured/operation.ts'
import type { NameRole } from '../../model/measured/observation.ts'
import { base64Of } from './blob.ts'
import { failureNotes, failureWord, type Frame } from './moment.ts'

export type FlowRow = Readonly<Record<string, unknown>>

/** Certificates of a name that is not under test are not kept: that it answered counts. */
const KEEPS_CHAIN: ReadonlySet<NameRole> = new Set(['target', 'crossed'])
const MOST_CERTIFICATES = 16

/** `192.0.2.1:443`, `[2001:db8::1]:443`. */
export const endpointText = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`

/** What a row says besides its outcome: which half of which pair it is, and what it was made for. */
export interface RowPlace {
  readonly frame: Frame
  readonly flow: number
  /** `exchange` for what carried an HTTP exchange; none for what was made for its own sake. */
  readonly tags: readonly string[]
  /** `leaf`: of a chain that verified the leaf alone is written, to spare the owner's allowance. */
  readonly chain: 'whole' | 'leaf'
}

/** A row of `tcp_connect`. Source: OONI data format df-005-tcpconnect. */
export function connectRow({ role, round, outcome }: Roled<ConnectOutcome>, { frame, flow, tags }: RowPlace): FlowRow {
  return {
    ip: outcome.address,
    port: outcome.port,
    status: { failure: failureWord(outcome.failure), success: outcome.failure === undefined },
    t0: frame.seconds(outcome.startedAt),
    t: frame.seconds(outcome.endedAt),
    tags,
    transaction_id: flow,
    x_role: role,
    x_round: round,
    ...failureNotes(outcome.failure),
  }
}

function chainOf({ role, outcome }: Roled<HandshakeOutcome>, chain: RowPlace['chain']): readonly FlowRow[] {
  if (!KEEPS_CHAIN.has(role)) return []
  const proved = chain === 'leaf' && outcome.failure === undefined && outcome.verifies
  return outcome.chain
    .slice(0, proved ? 1 : MOST_CERTIFICATES)
    .map((der) => ({ format: 'base64', data: base64Of(der) }))
}

/** A row of `tls_handshakes` or `quic_handshakes`. Source: OONI data format df-006-tlshandshake. */
export function handshakeRow(handshake: Roled<HandshakeOutcome>, { frame, flow, tags, chain }: RowPlace): FlowRow {
  const { role, round, outcome } = handshake
  const helloAt = outcome.helloAt ?? outcome.connect?.endedAt ?? outcome.startedAt
  const strange = !outcome.answered && outcome.firstBytes !== undefined
  return {
    network: outcome.transport,
    address: endpointText(outcome.address, outcome.port),
    server_name: outcome.serverName ?? '',
    cipher_suite: outcome.cipher ?? '',
    tls_version: outcome.version ?? '',
    negotiated_protocol: outcome.alpn ?? '',
    failure: failureWord(outcome.failure),
    no_tls_verify: !outcome.verifies,
    peer_certificates: chainOf(handshake, chain),
    t0: frame.seconds(helloAt),
    t: frame.seconds(outcome.endedAt),
    tags,
    transaction_id: flow,
    x_role: role,
    x_round: round,
    x_answered: outcome.answered,
    x_source_port_fresh: true,
    x_bytes_received: outcome.bytesReceived,
    ...defined({ x_hello_bytes: outcome.helloBytes }),
    ...(outcome.helloAt === undefined ? {} : { x_hello_at: frame.seconds(outcome.helloAt) }),
    ...(outcome.firstByteAt === undefined ? {} : { x_first_byte_at: frame.seconds(outcome.firstByteAt) }),
    ...(strange && outcome.firstBytes !== undefined ? { x_first_bytes: base64Of(outcome.firstBytes) } : {}),
    ...failureNotes(outcome.failure),
  }
}
