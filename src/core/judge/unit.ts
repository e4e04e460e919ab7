import type { Failure } from '../model/measured/failure.ts'
import type { Layer } from '../model/measured/mechanism.ts'
import type {
  DnsObservation,
  HttpObservation,
  Observation,
  TcpObservation,
  TlsObservation,
} from '../model/measured/observation.ts'
import { isNetworkFailure } from './line.ts'

/** How far one name (or bare address) of a service was reached in one run. */
export interface Unit {
  readonly part: string
  readonly name: string
  readonly addresses: readonly string[]
  readonly rows: readonly Observation[]
  readonly dns: readonly DnsObservation[]
  readonly tcp: readonly TcpObservation[]
  readonly tls: readonly TlsObservation[]
  readonly http: readonly HttpObservation[]
  /** Layers that were passed. */
  readonly passed: ReadonlySet<Layer>
  /** Where it failed; absent where it passed or where only the probe's own machine failed. */
  readonly failed?: { readonly layer: Layer; readonly failure: Failure; readonly row: Observation }
}

const nameOf = (row: Observation): string | undefined => {
  switch (row.kind) {
    case 'dns':
      return row.name
    case 'tcp':
      return row.name ?? row.address
    case 'tls':
    case 'quic':
      return row.name ?? row.address
    case 'http':
      return row.host
    case 'throughput':
    case 'tunnel':
      return undefined
  }
}

/** Groups the probe's rows of a messenger test by name, or by bare address where a part has no names. */
export function openUnits(rows: readonly Observation[]): readonly Unit[] {
  const secure = new Set<string>()
  for (const row of rows)
    if (row.kind === 'tls' || (row.kind === 'http' && row.scheme === 'https')) secure.add(nameOf(row) ?? '')
  const groups = new Map<string, { part: string; name: string; rows: Observation[] }>()
  for (const row of rows) {
    const name = nameOf(row)
    if (row.side !== 'probe' || name === undefined) continue
    // Plaintext to a name that is also asked over TLS is an exchange of its own: it must not hide a failed handshake.
    const plain =
      secure.has(name) && (row.kind === 'http' ? row.scheme === 'http' : row.kind === 'tcp' && row.port === 80)
    const key = plain ? `http://${name}` : name
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { part: row.part, name, rows: [row] })
    else group.rows.push(row)
  }
  const connects = rows.filter((row) => row.kind === 'tcp' && row.side === 'probe')
  return [...groups.values()].map((group) => toUnit(group.part, group.name, withConnections(group.rows, connects)))
}

/**
 * Several names of a pool may share addresses, and a connection is listed once: a name of which only the lookup is
 * known is tried where its addresses are.
 */
function withConnections(rows: readonly Observation[], connects: readonly Observation[]): readonly Observation[] {
  if (rows.some((row) => row.kind !== 'dns')) return rows
  const own = new Set(rows.flatMap((row) => (row.kind === 'dns' ? row.answers.map((answer) => answer.address) : [])))
  return [
    ...rows,
    ...connects.filter((row) => row.kind === 'tcp' && row.part === rows[0]?.part && own.has(row.address)),
  ]
}

function toUnit(part: string, name: string, rows: readonly Observation[]): Unit {
  const dns = rows.filter((row) => row.kind === 'dns')
  const tcp = rows.filter((row) => row.kind === 'tcp')
  const tls = rows.filter((row) => row.kind === 'tls')
  const http = rows.filter((row) => row.kind === 'http')
  const passed = new Set<Layer>()
  const answered = http.find((row) => row.failure === undefined && row.status !== undefined)
  const secure = http.some((row) => row.scheme === 'https')
  if (dns.some((row) => row.answers.length > 0)) passed.add('dns')
  if (tcp.some((row) => row.failure === undefined)) passed.add('tcp')
  if (tls.some((row) => row.failure === undefined)) passed.add('tls').add('tcp')
  if (answered !== undefined) {
    passed.add('http').add('tcp')
    if (answered.scheme === 'https') passed.add('tls')
  }
  const addresses = [
    ...new Set([...tcp.map((row) => row.address), ...dns.flatMap((row) => row.answers.map((a) => a.address))]),
  ]
  const unit = { part, name, addresses, rows, dns, tcp, tls, http, passed }
  const done =
    answered !== undefined ||
    (http.length === 0 && (tls.length > 0 ? passed.has('tls') : tcp.length > 0 ? passed.has('tcp') : passed.has('dns')))
  if (done) return unit
  const failed = whereItFailed(unit, secure)
  return failed === undefined ? unit : { ...unit, failed }
}

function whereItFailed(unit: Omit<Unit, 'failed'>, secure: boolean): Unit['failed'] {
  const at = (layer: Layer, rows: readonly Observation[]): Unit['failed'] => {
    const row = rows.find((one) => one.failure !== undefined && isNetworkFailure(one.failure.code))
    return row?.failure === undefined ? undefined : { layer, failure: row.failure, row }
  }
  if (unit.dns.length > 0 && !unit.passed.has('dns')) return at('dns', unit.dns)
  if (unit.tcp.length > 0 && !unit.passed.has('tcp')) return at('tcp', unit.tcp)
  if (unit.tls.length > 0 && !unit.passed.has('tls')) return at('tls', unit.tls)
  const asked = at('http', unit.http)
  if (asked === undefined) return undefined
  const code = asked.failure.code
  if (code.startsWith('dns_') && !unit.passed.has('dns')) return { ...asked, layer: 'dns' }
  if (code === 'connection_refused' && !unit.passed.has('tcp')) return { ...asked, layer: 'tcp' }
  if (unit.tcp.length === 0 && unit.tls.length === 0 && !secure) return asked
  return secure && !unit.passed.has('tls') ? { ...asked, layer: 'tls' } : asked
}
