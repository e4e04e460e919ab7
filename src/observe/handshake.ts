import { nameCovers } from '../model/hostname.ts'
import type { CertificateFacts, ChainState, QuicObservation, TlsObservation } from '../model/observation.ts'
import type { HandshakeRow } from '../ooni/handshakes.ts'
import { carried, type Context } from './context.ts'
import { nameOf } from './name.ts'

type Handshake = Omit<TlsObservation, 'kind'> & Omit<QuicObservation, 'kind'>
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
  const { requests } = context.set
  const only = context.input?.scheme === 'https' && requests.length <= 1 ? context.input : undefined
  return only?.literal === undefined ? only?.host : undefined
}

function described(row: HandshakeRow, context: Context): readonly CertificateFacts[] {
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

/** A handshake as a row, without its kind. */
function observe(row: HandshakeRow, context: Context): Handshake {
  const endpoint = endpointOf(row, context)
  const name = nameSent(row, context)
  const certificates = described(row, context)
  const leaf = certificates[0]
  const subject = name ?? (row.serverName === undefined ? endpoint?.address : undefined)
  const place = { ...(name === undefined ? undefined : { name }), ...endpoint }
  return {
    ...carried(row),
    side: 'probe',
    hop: context.hops.ofHandshake(row, name),
    part: context.partOf(place),
    role: context.set.role,
    ...place,
    ...(endpoint && { family: endpoint.address.includes(':') ? 6 : 4 }),
    origin: endpoint === undefined ? context.book.originOfName(name) : context.book.originOf(endpoint.address),
    ...(row.version === undefined ? undefined : { version: row.version }),
    ...(row.alpn === undefined ? undefined : { alpn: row.alpn }),
    certificates,
    chain: chainOf(row, context),
    ...(leaf === undefined || subject === undefined
      ? undefined
      : { nameMatches: leaf.names.some((pattern) => nameCovers(pattern, subject)) }),
    verified: row.verifies,
  }
}

export const observeTls = (row: HandshakeRow, context: Context): TlsObservation => ({
  kind: 'tls',
  ...observe(row, context),
})
export const observeQuic = (row: HandshakeRow, context: Context): QuicObservation => ({
  kind: 'quic',
  ...observe(row, context),
})
