import type { Observation, TcpObservation } from '../../model/measured/observation.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { endpointKey, type Case, type Hop } from '../case.ts'
import { addressFamily } from '../../model/address.ts'
import { isNetworkFailure } from '../line.ts'
import { judgeTcp } from '../layer/tcp.ts'

/**
 * Judges the connections of one endpoint. A connection carries no name, so that a control half that connects to an
 * address shows that the address is open. If none connects and the control abroad does, the control name fails too:
 * then a neighbour address tells a block of the address from a fault on the way. `elsewhere`: connections of other
 * hosts of the service that stood: an address that was open a moment ago is silent since a name was sent to it, or
 * lossy.
 */
export function judgeConnect(
  it: Case,
  hop: Hop,
  endpoint: Place,
  elsewhere: readonly TcpObservation[],
): Finding | undefined {
  const judged = judgeTcp(it, hop)
  if (judged === undefined || judged.state === 'reachable') return judged
  const found = endpoint.use === 'datacenter' ? inOnePlace(judged, endpoint) : judged
  const { rows } = endpoint
  if (found.state !== 'interfered') return found
  const open = openOf(hop, elsewhere)
  if (open !== undefined)
    return finding('tcp', 'inconclusive', 'tcp.open-before', {
      grounds: [...found.grounds, ground('tcp.connected', 'control', { address: open.address, port: open.port }, open)],
      missing: ['second-measurement'],
    })
  const beside = rows.filter((row) => row.kind === 'tcp' && row.side === 'probe' && row.role === 'neighbour')
  const neighbours = beside.filter((row) => row.kind === 'tcp')
  const passed = neighbours.find((row) => row.failure === undefined)
  if (passed !== undefined) return { ...found, grounds: [...found.grounds, said(passed)] }
  const failed = neighbours.find((row) => row.failure !== undefined && isNetworkFailure(row.failure.code))
  const detail = { hop: hop.index, mechanism: found.mechanism }
  if (failed !== undefined)
    return finding('tcp', 'inconclusive', 'tcp.neighbour-fails-too', {
      ...detail,
      mechanism: 'fault.path',
      grounds: [...found.grounds, said(failed)],
    })
  // Many offices, hotels and schools let only sites pass.
  if (!USUAL_PORTS.has(endpoint.port))
    return finding('tcp', 'inconclusive', 'tcp.unusual-port', {
      hop: hop.index,
      grounds: found.grounds.filter(({ fact }) => fact !== 'ratio.halved'),
      missing: ['neighbour'],
    })
  return finding('tcp', 'interfered', 'tcp.control-connects', {
    ...detail,
    grounds: found.grounds.filter(({ fact }) => fact !== 'ratio.halved'),
    halvings: ['no-neighbour'],
    missing: ['neighbour'],
  })
}

/** The same address and port connected under another host of the service in the same run: it is not closed as such. */
const openOf = (hop: Hop, elsewhere: readonly TcpObservation[]): TcpObservation | undefined => {
  const tried = new Set(hop.tcp.map((row) => endpointKey(row.address, row.port)))
  return elsewhere.find((row) => tried.has(endpointKey(row.address, row.port)))
}

/** Ports that are open on every network that has sites at all. */
const USUAL_PORTS: ReadonlySet<number> = new Set([80, 443])

interface Place {
  readonly use: string
  readonly host: string
  readonly port: number
  readonly rows: readonly Observation[]
}

/** A data centre listed by its address is no anycast: what the control sees there is the same machine. */
const inOnePlace = (found: Finding, { host }: Place): Finding =>
  addressFamily(host) === undefined
    ? found
    : { ...found, grounds: [...found.grounds, ground('tcp.one-place', 'context', { address: host })] }

const said = (row: TcpObservation): Finding['grounds'][number] =>
  ground(
    row.failure === undefined ? 'tcp.neighbour-connected' : 'tcp.neighbour-failed',
    'control',
    { address: row.address, port: row.port, failure: row.failure?.code },
    row,
  )
