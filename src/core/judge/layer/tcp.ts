import type { FailureCode } from '../../model/measured/failure.ts'
import type { Mechanism, MECHANISMS } from '../../model/measured/mechanism.ts'
import type { TcpObservation } from '../../model/measured/observation.ts'
import {
  controlAnswered,
  controlPageOpens,
  endpointKey,
  isDownForControl,
  onOwnPath,
  type Case,
  type Hop,
} from '../case.ts'
import { laterHop } from './later-hop.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isNetworkFailure, isReset, isTimeout } from '../line.ts'

/** Mechanism of a connection that was not made; some failure words tell none. */
export function tcpMechanism(code: FailureCode, byAddress: boolean): Mechanism | undefined {
  const action = isTimeout(code)
    ? 'timeout'
    : isReset(code)
      ? 'reset'
      : code === 'connection_refused'
        ? 'refused'
        : undefined
  if (action === undefined) return undefined
  const short = `tcp.${action}` as const satisfies (typeof MECHANISMS)[number]
  return byAddress ? `${short}.ip` : short
}

/** Connections of the person's own path to the port of the hop's URL (both web ports where it is not told). */
export function ownTcpRows(hop: Hop): readonly TcpObservation[] {
  const own = hop.tcp.filter(onOwnPath)
  const onPort = own.filter((row) => row.port === hop.port)
  return onPort.length > 0 ? onPort : own.filter((row) => hop.port === undefined || row.port === hop.port)
}

/** Judges the connections of one hop; undefined where none was recorded. */
export function judgeTcp(it: Case, hop: Hop): Finding | undefined {
  const rows = ownTcpRows(hop)
  const first = rows[0]
  if (first === undefined) return undefined
  const connected = rows.find((row) => row.failure === undefined)
  if (connected !== undefined)
    return finding('tcp', 'reachable', 'tcp.connects', {
      hop: hop.index,
      grounds: [
        ground('tcp.connected', 'context', { address: connected.address, port: connected.port }, connected),
        ...rows
          .filter((row) => row.failure !== undefined)
          .slice(0, 3)
          .map((row) => said(row, 'context')),
      ],
    })
  return judgeTcpFailure(it, hop, rows)
}

const said = (row: TcpObservation, role: 'decisive' | 'context'): Finding['grounds'][number] =>
  ground('tcp.failed', role, { address: row.address, port: row.port, failure: row.failure?.code }, row)

function judgeTcpFailure(it: Case, hop: Hop, rows: readonly TcpObservation[]): Finding {
  const failed = rows.filter((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))
  const first = failed[0]
  if (first?.failure === undefined)
    return finding('tcp', 'inconclusive', 'line.own-failure', {
      hop: hop.index,
      mechanism: 'fault.client',
      grounds: [ground('line.own-failure', 'decisive', { failure: rows[0]?.failure?.code }, rows[0])],
    })
  const controls = failed.flatMap((row) => {
    const control = it.control.tcp.get(endpointKey(row.address, row.port))
    return control === undefined ? [] : [{ row, control }]
  })
  const passed = controls.find(({ control }) => control.failure === undefined)
  if (passed !== undefined) {
    const { row, control } = passed
    return finding('tcp', 'interfered', 'tcp.control-connects', {
      hop: hop.index,
      mechanism: tcpMechanism(row.failure?.code ?? 'unknown_failure', true),
      grounds: [
        said(row, 'decisive'),
        ground('tcp.control-connected', 'control', { address: row.address, port: row.port }, control),
      ],
    })
  }
  const detail = { hop: hop.index, mechanism: tcpMechanism(first.failure.code, false) }
  const refused = controls[0]
  if (refused !== undefined) {
    const { row, control } = refused
    const values = { address: row.address, port: row.port, failure: control.failure?.code }
    const tried = [...it.control.tcp.values()].filter(({ port }) => port === row.port)
    return finding('tcp', isDownForControl(it, tried) ? 'unreachable' : 'inconclusive', 'tcp.control-fails-too', {
      ...detail,
      grounds: [said(row, 'decisive'), ground('tcp.control-failed', 'control', values, control)],
    })
  }
  if (hop.index > 0 && controlPageOpens(it.control)) {
    const later = laterHop(it, hop)
    const opened = ground('http.control-answered', 'control', { status: it.control.http?.status }, it.control.http)
    return finding('tcp', 'interfered', 'tcp.redirect-hop', {
      ...detail,
      grounds: [said(first, 'decisive'), opened, ...later.grounds],
      halvings: later.halvings,
    })
  }
  if (controlReachedSameAddress(it, failed)) {
    const opened = ground('http.control-answered', 'control', { status: it.control.http?.status }, it.control.http)
    return finding('tcp', 'interfered', 'tcp.control-connects', {
      hop: hop.index,
      mechanism: tcpMechanism(first.failure.code, true),
      grounds: [said(first, 'decisive'), opened],
      halvings: ['inferred-control'],
    })
  }
  return finding('tcp', 'inconclusive', 'tcp.no-control', {
    ...detail,
    grounds: [said(first, 'decisive')],
    missing: [it.control.present ? 'control.tcp' : 'control'],
  })
}

/** The helper tells no connections, but its page came from an address that the probe tried too. */
function controlReachedSameAddress(it: Case, failed: readonly TcpObservation[]): boolean {
  if (!controlAnswered(it.control) || it.control.tcp.size > 0 || it.head.testName !== 'web_connectivity') return false
  const reached = new Set(it.control.dns.flatMap((row) => row.answers.map((answer) => endpointKey(answer.address, 0))))
  return failed.some((row) => reached.has(endpointKey(row.address, 0)))
}
