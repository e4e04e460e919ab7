import type { Observation } from '../../core/model/measured/observation.ts'
import type { Judged } from './contract.ts'
import { NativeBlock } from './native-block.ts'

/** How many observations a measurement is expected to have; more make the columns grow. */
const EXPECTED = 16

/**
 * Every observation of measurements as one block, columns as in sql/0001-tables.sql.
 * Bodies and headers stay in the archive: of an answer its status, title, length and location are kept.
 */
export class ObservationRows {
  readonly block: NativeBlock
  readonly #head: ReturnType<typeof headColumns>
  readonly #columns: KindColumns

  constructor(measurements: number) {
    this.block = new NativeBlock(0, measurements * EXPECTED)
    this.#head = headColumns(this.block)
    this.#columns = kindColumns(this.block)
  }

  add(judged: Judged): void {
    let position = 0
    for (const observation of judged.observations) {
      const row = this.block.addRow()
      setHead(this.#head, row, { judged, observation, position: position++ })
      setKind(this.#columns, row, observation)
    }
  }
}

const headColumns = (block: NativeBlock) => ({
  leafIndex: block.wholes('leaf_index', 'UInt64'),
  position: block.numbers('position', 'UInt32'),
  simulated: block.numbers('simulated', 'UInt8'),
  service: block.words('service'),
  probeAsn: block.numbers('probe_asn', 'UInt32'),
  startedAt: block.wholes('started_at', "DateTime64(3, 'UTC')"),
  kind: block.words('kind'),
  source: block.words('source'),
  side: block.words('side'),
  hop: block.numbers('hop', 'UInt32'),
  part: block.words('part'),
  began: block.nullableNumbers('began_s', 'Float64'),
  ended: block.nullableNumbers('ended_s', 'Float64'),
  failure: block.nullableWords('failure'),
  failureRaw: block.nullableWords('failure_raw'),
  transaction: block.nullableWholes('transaction', 'Int64'),
})

const kindColumns = (block: NativeBlock) => ({
  name: block.nullableWords('name'),
  address: block.nullableWords('address'),
  port: block.nullableNumbers('port', 'UInt16'),
  family: block.nullableNumbers('family', 'UInt8'),
  origin: block.nullableWords('address_origin'),
  queryType: block.nullableWords('query_type'),
  resolver: block.nullableWords('resolver'),
  resolverAddress: block.nullableWords('resolver_address'),
  answers: block.textLists('answers'),
  answerAsns: block.numberLists('answer_asns'),
  canonicalNames: block.textLists('canonical_names'),
  duplicate: block.nullableNumbers('duplicate', 'UInt8'),
  role: block.nullableWords('name_role'),
  version: block.nullableWords('protocol_version'),
  alpn: block.nullableWords('alpn'),
  certificates: block.digestLists('certificates'),
  leafSubject: block.nullableWords('leaf_subject'),
  leafIssuer: block.nullableWords('leaf_issuer'),
  leafIssuerOrganisation: block.nullableWords('leaf_issuer_organisation'),
  leafNotBefore: block.nullableWholes('leaf_not_before', "DateTime64(3, 'UTC')"),
  leafNotAfter: block.nullableWholes('leaf_not_after', "DateTime64(3, 'UTC')"),
  chain: block.nullableWords('chain'),
  nameMatches: block.nullableNumbers('name_matches', 'UInt8'),
  verified: block.nullableNumbers('verified', 'UInt8'),
  url: block.nullableTexts('url'),
  method: block.nullableWords('method'),
  overQuic: block.nullableNumbers('over_quic', 'UInt8'),
  status: block.nullableNumbers('status', 'UInt32'),
  location: block.nullableTexts('location'),
  title: block.nullableTexts('title'),
  bodyBytes: block.nullableWholes('body_bytes', 'UInt64'),
  bodyTruncated: block.nullableNumbers('body_truncated', 'UInt8'),
  direction: block.nullableWords('direction'),
  bytes: block.nullableWholes('bytes', 'UInt64'),
  duration: block.nullableNumbers('duration_s', 'Float64'),
  protocol: block.nullableWords('protocol'),
  transport: block.nullableWords('transport'),
  bootstrap: block.nullableNumbers('bootstrap_s', 'Float64'),
  progress: block.nullableNumbers('progress', 'Float64'),
})

interface Place {
  readonly judged: Judged
  readonly observation: Observation
  readonly position: number
}

function setHead(columns: ReturnType<typeof headColumns>, row: number, place: Place): void {
  const { judged, observation } = place
  columns.leafIndex.set(row, judged.leafIndex)
  columns.position.set(row, place.position)
  columns.simulated.set(row, judged.head.simulated)
  columns.service.set(row, judged.service)
  columns.probeAsn.set(row, judged.head.probeAsn)
  columns.startedAt.set(row, judged.head.startedAt)
  columns.kind.set(row, observation.kind)
  columns.source.set(row, observation.source)
  columns.side.set(row, observation.side)
  columns.hop.set(row, observation.hop)
  columns.part.set(row, observation.part)
  columns.began.set(row, observation.startedAt)
  columns.ended.set(row, observation.endedAt)
  columns.failure.set(row, observation.failure?.code)
  columns.failureRaw.set(row, observation.failure?.raw)
  columns.transaction.set(row, observation.transaction)
}

type KindColumns = ReturnType<typeof kindColumns>

function setKind(columns: KindColumns, row: number, observation: Observation): void {
  switch (observation.kind) {
    case 'dns':
      columns.name.set(row, observation.name)
      columns.queryType.set(row, observation.queryType)
      columns.resolver.set(row, observation.resolver)
      columns.resolverAddress.set(row, observation.resolverAddress)
      for (const { address, asn } of observation.answers) {
        columns.answers.push(row, address)
        columns.answerAsns.push(row, asn ?? 0)
      }
      columns.canonicalNames.set(row, observation.canonicalNames)
      columns.duplicate.set(row, observation.duplicate)
      return
    case 'tcp':
      columns.name.set(row, observation.name)
      columns.family.set(row, observation.family)
      columns.origin.set(row, observation.origin)
      columns.role.set(row, observation.role)
      return setEndpoint(columns, row, observation)
    case 'tls':
    case 'quic':
      return setHandshake(columns, row, observation)
    case 'http':
      return setHttp(columns, row, observation)
    case 'throughput':
      columns.name.set(row, observation.name)
      columns.address.set(row, observation.address)
      columns.role.set(row, observation.role)
      columns.port.set(row, observation.port)
      columns.status.set(row, observation.status)
      columns.direction.set(row, observation.direction)
      columns.bytes.set(row, observation.bytes)
      columns.duration.set(row, observation.duration)
      return
    case 'tunnel':
      columns.protocol.set(row, observation.protocol)
      // The halves of a tunnel's pair are distinguished by the shape of the payload, not by a name.
      columns.role.set(row, observation.shape === 'shaped' ? 'shaped' : undefined)
      columns.transport.set(row, observation.transport)
      columns.bootstrap.set(row, observation.bootstrap)
      columns.progress.set(row, observation.progress)
      return setEndpoint(columns, row, observation)
  }
}

function setEndpoint(columns: KindColumns, row: number, endpoint: { address?: string; port?: number }): void {
  columns.address.set(row, endpoint.address)
  columns.port.set(row, endpoint.port)
}

function setHandshake(
  columns: KindColumns,
  row: number,
  handshake: Extract<Observation, { kind: 'tls' | 'quic' }>,
): void {
  setEndpoint(columns, row, handshake)
  columns.name.set(row, handshake.name)
  columns.family.set(row, handshake.family)
  columns.origin.set(row, handshake.origin)
  columns.role.set(row, handshake.role)
  columns.version.set(row, handshake.version)
  columns.alpn.set(row, handshake.alpn)
  for (const { sha256 } of handshake.certificates) columns.certificates.push(row, sha256)
  const leaf = handshake.certificates[0]
  columns.leafSubject.set(row, leaf?.subjectName)
  columns.leafIssuer.set(row, leaf?.issuerName)
  columns.leafIssuerOrganisation.set(row, leaf?.issuerOrganisation)
  columns.leafNotBefore.set(row, leaf?.notBefore)
  columns.leafNotAfter.set(row, leaf?.notAfter)
  columns.chain.set(row, handshake.chain)
  columns.nameMatches.set(row, handshake.nameMatches)
  columns.verified.set(row, handshake.verified)
}

function setHttp(columns: KindColumns, row: number, http: Extract<Observation, { kind: 'http' }>): void {
  setEndpoint(columns, row, http)
  columns.name.set(row, http.host)
  columns.origin.set(row, http.origin)
  columns.role.set(row, http.role)
  columns.url.set(row, http.url)
  columns.method.set(row, http.method)
  columns.overQuic.set(row, http.overQuic)
  columns.status.set(row, http.status)
  columns.location.set(row, http.location)
  columns.title.set(row, http.title)
  columns.bodyBytes.set(row, http.bodyBytes)
  columns.bodyTruncated.set(row, http.bodyTruncated)
}
