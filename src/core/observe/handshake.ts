import { nameCovers } from '../model/hostname.ts'
import type { CertificateFacts, ChainState, QuicObservation, TlsObservation } from '../model/measured/observation.ts'
import type { Writable } from '../ooni/decode/decoder.ts'
import type { HandshakeRow } from '../ooni/decode/handshakes.ts'
import { carry, type Context } from './context.ts'
import { nameOf } from './name.ts'

type Handshake<Kind extends 'tls' | 'quic'> = Omit<TlsObservation | QuicObservation, 'kind'> & { readonly kind: Kind }
interface Endpoint {
  readonly address: string
  readonly port: number
}

/** Clients before 2021 leave the address out of handshakes: the flow tells it, or the only connection of the set. */
function endpointOf(row: HandshakeRow, context: Context): Endpoint | undefined {
  if (row.address !== undefined && row.port !== undefined) return { address: row.address, port: row.port }
  const { connects } = context.set
  const ofFlow = row.transaction === undefined ? [] : connects.filter((tcp) => tcp.transaction === row.transaction)
  const candidates = ofFlow.length > 0 ? ofFlow : connects.filter((tcp) => tcp.failure === undefined)
  const first = candidates[0]
  const alike = candidates.every((tcp) => tcp.address === first?.address && tcp.port === first.port)
  return first !== undefined && alike ? { address: first.address, port: first.port } : undefined
}

/** The name of the ClientHello: as recorded; as said for the set; or, where there is one URL and one name, that. */
function nameSent(row: HandshakeRow, context: Context): string | undefined {
  if (row.serverName !== undefined) return nameOf(row.serverName)
  if (context.set.serverName !== undefined) return nameOf(context.set.serverName)
  // Our own probe writes down every name it sends.
  if (context.nettest === 'kuager') return undefined
  const { requests } = context.set
  const only = context.input?.scheme === 'https' && requests.length <= 1 ? context.input : undefined
  return only?.literal === undefined ? only?.host : undefined
}

const NONE: readonly CertificateFacts[] = []

function described(row: HandshakeRow, context: Context): readonly CertificateFacts[] {
  if (row.certificates.length === 0) return NONE
  const facts: CertificateFacts[] = []
  for (const certificate of row.certificates) {
    const one = context.certificates.describe(certificate)
    if (one !== undefined) facts.push(one)
  }
  return facts
}

function chainOf(row: HandshakeRow, context: Context): ChainState {
  if (row.certificates.length === 0) return 'none'
  if (row.failure === undefined && row.verifies) return 'unchecked'
  return context.certificates.chainState(row.certificates, context.startedAt)
}

function observe<Kind extends 'tls' | 'quic'>(kind: Kind, row: HandshakeRow, context: Context): Handshake<Kind> {
  const endpoint = endpointOf(row, context)
  const name = nameSent(row, context)
  const certificates = described(row, context)
  const leaf = certificates[0]
  const subject = name ?? (row.serverName === undefined ? endpoint?.address : undefined)
  const made: Writable<Handshake<'tls' | 'quic'>> = {
    kind,
    source: row.source,
    side: 'probe',
    hop: context.hops.ofHandshake(row, name),
    part: context.partOf(name, endpoint?.address, endpoint?.port),
    role: row.role ?? context.set.role,
    origin: endpoint === undefined ? context.book.originOfName(name) : context.book.originOf(endpoint.address),
    certificates,
    chain: chainOf(row, context),
    verified: row.verifies,
  }
  carry(made, row)
  if (name !== undefined) made.name = name
  if (endpoint !== undefined) {
    made.address = endpoint.address
    made.port = endpoint.port
    made.family = endpoint.address.includes(':') ? 6 : 4
  }
  if (certificates.length < row.certificates.length) made.unreadable = true
  if (row.answered !== undefined) made.answered = row.answered
  if (row.received !== undefined) made.received = row.received
  if (row.version !== undefined) made.version = row.version
  if (row.alpn !== undefined) made.alpn = row.alpn
  if (leaf !== undefined && subject !== undefined)
    made.nameMatches = leaf.names.some((pattern) => nameCovers(pattern, subject))
  return made as Handshake<Kind>
}

/** A handshake over TCP as a row. */
export const observeTls = (row: HandshakeRow, context: Context): TlsObservation => observe('tls', row, context)
/** A handshake over UDP as a row. */
export const observeQuic = (row: HandshakeRow, context: Context): QuicObservation => observe('quic', row, context)
