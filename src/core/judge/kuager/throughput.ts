import { STOPS } from '../../model/measured/hosting-flow.ts'
import type { Observation, ThroughputObservation } from '../../model/measured/observation.ts'
import { finding, ground, type Finding } from '../finding.ts'
import { isTimeout } from '../line.ts'
import type { Pairs } from './pairs.ts'
import { lookAbroad } from './slow.ts'

/** Bytes from which a control half says how fast the line is; a short error page says nothing. */
const ENOUGH = 32 * 1024
/** How many times slower every target half must be than every control half, and with a plateau. */
const EXTREME = 10
const WITH_PLATEAU = 3
/** Bytes a second (about half a megabit) below which a control half only says that the line itself is slow. */
const USUAL = 64_000
/** Seconds that a slow half lasts: in less, the start of a connection is all there is. */
const LONG = 1
/** Plateaus of several flows lie together when the fastest is at most so many times the slowest. */
const TOGETHER = 1.25

/** A download that stopped after the first kilobytes: no reset, no end, and nothing for seconds until our own limit. */
function isStalled({ direction, bytes, failure, arrivals, endedAt }: ThroughputObservation): boolean {
  const last = arrivals?.at(-1)?.[0]
  return (
    direction === 'down' &&
    bytes >= STOPS.from &&
    bytes <= STOPS.to &&
    failure !== undefined &&
    isTimeout(failure.code) &&
    last !== undefined &&
    endedAt !== undefined &&
    endedAt - last >= STOPS.silence
  )
}

const rateOf = (row: ThroughputObservation): number => (row.duration > 0 ? row.bytes / row.duration : 0)

/**
 * A plateau: over buckets of a quarter of the flow after its first fifth, rates that vary by less than a tenth. Source:
 * method of policing, coefficient of variation below 10 %; short flows are cut in quarters instead of two seconds.
 */
export function isPlateau(row: ThroughputObservation): boolean {
  const points = row.arrivals ?? []
  const first = points[0]
  const last = points.at(-1)
  if (first === undefined || last === undefined || last[0] - first[0] < 2 || points.length < 8) return false
  const from = first[0] + (last[0] - first[0]) / 5
  const step = (last[0] - from) / 4
  const rates = [0, 1, 2, 3].map(
    (k) => (bytesAt(points, from + (k + 1) * step) - bytesAt(points, from + k * step)) / step,
  )
  const mean = rates.reduce((sum, rate) => sum + rate, 0) / 4
  const spread = Math.sqrt(rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / 4)
  return mean > 0 && spread / mean < 0.1
}

type Points = NonNullable<ThroughputObservation['arrivals']>

/** Bytes that had moved at a moment, on the straight line between two points. */
function bytesAt(points: Points, at: number): number {
  const after = points.findIndex(([moment]) => moment >= at)
  const right = points[after] ?? points.at(-1)
  const left = points[after - 1]
  if (right === undefined) return 0
  if (left === undefined || after === -1) return right[1]
  return left[1] + ((right[1] - left[1]) * (at - left[0])) / (right[0] - left[0])
}

/**
 * Judges the throughput pairs of one endpoint, down and up apart; empty where none was measured. One measurement says
 * slowness only where it is extreme and repeated: two target halves or more, every one ten times slower (three times,
 * at one constant rate) than every one of two control halves, which are as fast as a line usually is. A slow evening
 * slows both. Source: docs/methods/judging.md, slowness by name.
 */
export function judgeThroughput(rows: readonly Observation[], pairs: Pairs): readonly Finding[] {
  const halves = rows.filter((row) => row.kind === 'throughput' && row.side === 'probe')
  return (['down', 'up'] as const).flatMap((direction) => {
    const those = halves.filter((row) => row.kind === 'throughput' && row.direction === direction)
    const found = judgeDirection(
      those.filter((row) => row.kind === 'throughput'),
      direction,
      pairs,
    )
    return found === undefined ? [] : [found]
  })
}

function judgeDirection(
  halves: readonly ThroughputObservation[],
  direction: 'down' | 'up',
  pairs: Pairs,
): Finding | undefined {
  const targets = halves.filter((row) => row.role === 'target' && row.bytes > 0 && row.duration > 0)
  const innocent = halves.filter((row) => row.role === 'innocent' && row.bytes >= ENOUGH && row.duration > 0)
  const target = targets[0]
  const other = innocent[0]
  if (target === undefined) return undefined
  const stalled = halves.filter(isStalled)
  const fact = direction === 'down' ? 'throughput.down' : 'throughput.up'
  const said = (row: ThroughputObservation, role: 'decisive' | 'control' | 'context'): Finding['grounds'][number] =>
    ground(role === 'control' ? 'throughput.innocent' : fact, role, { name: row.name ?? '', rate: kilobits(row) }, row)
  const stops = (['target', 'innocent'] as const).map((role) => stalled.find((row) => row.role === role))
  // Under either name the flow stops at the same place: by the address, by its network, or a server that hangs.
  if (stops[0] !== undefined && stops[1] !== undefined && stalled.length === halves.length)
    return finding('throughput', 'inconclusive', 'throughput.stalls-alike', {
      grounds: [said(stops[0], 'context'), said(stops[1], 'control')],
      missing: ['second-measurement'],
    })
  if (other === undefined)
    return finding('throughput', 'inconclusive', 'throughput.unpaired', {
      grounds: [said(target, 'context')],
      missing: ['pair'],
    })
  const fastest = Math.max(...targets.map(rateOf))
  const slowest = Math.min(...innocent.map(rateOf))
  const ratio = fastest > 0 ? slowest / fastest : Infinity
  const repeated = targets.length >= 2 && innocent.length >= 2 && alternate(halves)
  const policed = policedAt(targets) && !innocent.some(isPlateau)
  const lasting = targets.every((row) => row.duration >= LONG)
  if (
    !repeated ||
    !lasting ||
    slowest < USUAL ||
    ratio < (policed ? WITH_PLATEAU : EXTREME) ||
    lookAbroad(pairs.outside) === 'slow'
  )
    return finding('throughput', 'reachable', 'throughput.even', {
      grounds: [said(target, 'context'), said(other, 'control')],
    })
  return finding('throughput', 'interfered', 'throughput.slow-by-name', {
    mechanism: policed ? 'throughput.police.sni' : 'tls.throttle.sni',
    grounds: [
      said(target, 'decisive'),
      said(other, 'control'),
      ...(policed ? [ground('throughput.plateau', 'context', { rate: kilobits(target) }, target)] : []),
    ],
    halvings: ['no-outside-control'],
  })
}

const kilobits = (row: ThroughputObservation): number => Math.round((rateOf(row) * 8) / 1000)

/** Two flows or more run at one constant rate. */
function policedAt(targets: readonly ThroughputObservation[]): boolean {
  const rates = targets.filter(isPlateau).map(rateOf)
  return rates.length >= 2 && rates.length === targets.length && Math.max(...rates) <= TOGETHER * Math.min(...rates)
}

/** Whether target and control halves took turns at least three times: else one bad minute would do. */
function alternate(halves: readonly ThroughputObservation[]): boolean {
  const order = halves.toSorted((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0)).map((row) => row.role)
  return order.filter((role, index) => index > 0 && role !== order[index - 1]).length >= 2
}
