import type { Mechanism } from '../../model/measured/mechanism.ts'
import type { Observation, TunnelObservation } from '../../model/measured/observation.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isNetworkFailure, isReset, isTimeout } from '../line.ts'
import { beyondChance } from './chance.ts'

/** Mechanism of a protocol whose shape does not pass. */
function mechanismOf(row: TunnelObservation): Mechanism | undefined {
  const code = row.failure?.code ?? 'unknown_failure'
  if (isTimeout(code))
    switch (row.protocol) {
      case 'openvpn':
      case 'wireguard':
      case 'tor':
        return `tunnel.timeout.${row.protocol}`
      default:
        return 'tunnel.timeout'
    }
  if (!isReset(code) && code !== 'eof_error' && code !== 'connection_refused') return undefined
  if (row.protocol === 'openvpn' || row.protocol === 'tor') return `tunnel.reset.${row.protocol}`
  return 'tunnel.reset'
}

/**
 * Judges the first exchanges of tunnel protocols with a responder of ours, each protocol and transport by itself. The
 * control is a payload of equal length and timing without the protocol's shape, to the same server and port: where that
 * passes and the protocol fails, repeatedly, the shape is what is dropped. Both failing tells of the responder or the
 * way. Source: docs/methods/judging.md, tunnels.
 */
export function judgeTunnels(rows: readonly Observation[]): readonly Finding[] {
  const tunnels = rows.filter((row) => row.kind === 'tunnel' && row.side === 'probe')
  const groups = Map.groupBy(
    tunnels.filter((row) => row.kind === 'tunnel'),
    (row) => `${row.protocol} ${row.transport ?? ''} ${row.address ?? ''} ${row.port ?? ''}`,
  )
  return [...groups.values()].flatMap((group) => judgeGroup(group) ?? [])
}

function judgeGroup(group: readonly TunnelObservation[]): Finding | undefined {
  const real = group.filter((row) => row.shape !== 'shaped')
  const shaped = group.filter((row) => row.shape === 'shaped' && tells(row))
  const passed = real.find((row) => row.failure === undefined)
  if (passed !== undefined)
    return finding('tunnel', 'reachable', 'tunnel.completes', {
      grounds: [ground('tunnel.completed', 'context', { protocol: passed.protocol }, passed)],
    })
  const failed = real.filter((row) => row.failure !== undefined && tells(row))
  const first = failed[0]
  if (first === undefined) return undefined
  const { protocol } = first
  const decisive = ground('tunnel.failed', 'decisive', { protocol, failure: first.failure?.code }, first)
  const through = shaped.filter((row) => row.failure === undefined)
  const mechanism = mechanismOf(first)
  const other = through[0]
  if (other === undefined)
    return finding('tunnel', 'inconclusive', 'tunnel.shape-fails-too', {
      mechanism: shaped.length === 0 ? mechanism : 'fault.path',
      grounds: [
        decisive,
        ...shaped
          .slice(0, 1)
          .map((row) => ground('tunnel.shaped-failed', 'control', { protocol, failure: row.failure?.code }, row)),
      ],
      missing: shaped.length === 0 ? ['pair'] : [],
    })
  const grounds = [decisive, ground('tunnel.shaped-passed', 'control', { protocol }, other)]
  if (!beyondChance(failed.length, { tried: shaped.length, failed: shaped.length - through.length }))
    return finding('tunnel', 'inconclusive', 'tunnel.unconfirmed', {
      mechanism,
      grounds,
      missing: ['second-measurement'],
    })
  return finding('tunnel', 'interfered', 'tunnel.shape-passes', { mechanism, grounds })
}

const tells = (row: TunnelObservation): boolean => row.failure === undefined || isNetworkFailure(row.failure.code)
