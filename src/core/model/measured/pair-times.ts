import type { Observation, TlsObservation } from './observation.ts'
import type { Seconds } from '../units.ts'

/** How long the two halves of a pair took, as natural logarithms. */
export interface PairTimes {
  /** ln of the target's handshake time over the control's. */
  readonly lnRatio: number
  /** ln of the control's own handshake time in seconds: whether it was as usual. */
  readonly lnControl: number
}

/** Longer apart than this, the halves do not share one load of the line. Seconds between one's end and the other's start. */
const APART = 5

interface Timed {
  readonly row: TlsObservation
  readonly startedAt: Seconds
  readonly endedAt: Seconds
}

/**
 * The times of a pair: the name under test and a control name, each in a handshake that the server answered, on one
 * address and port, less than five seconds apart. A server that answers a foreign name with its own certificate has
 * answered. Undefined if a half is missing, failed or was not timed: a failure gives no ratio. If there are several,
 * the first target and the control half nearest to it; of our own probe, which measures many endpoints in rounds, the
 * median of the endpoint whose median ratio is the largest, and nothing where the same pair is as slow from abroad. It
 * is in the model because the warehouse stores its result as columns. Method: docs/methods/readings.md §4.
 */
export function pairTimesOf(observations: readonly Observation[]): PairTimes | undefined {
  // Most measurements are no pair, and this is asked of every one.
  if (!observations.some((row) => row.kind === 'tls' && row.role === 'innocent')) return undefined
  const timed = observations.flatMap((row) => timedOf(row) ?? [])
  if (timed.some(({ row }) => row.round !== undefined)) return slowestEndpoint(observations, timed)
  for (const target of timed) {
    const times = timesOf(target, timed)
    if (times !== undefined) return times
  }
  return undefined
}

function timesOf(target: Timed, timed: readonly Timed[]): PairTimes | undefined {
  if (target.row.role !== 'target') return undefined
  const control = nearest(target, timed)
  if (control === undefined) return undefined
  const lnControl = Math.log(control.endedAt - control.startedAt)
  return { lnRatio: Math.log(target.endedAt - target.startedAt) - lnControl, lnControl }
}

/** The middle one of the pairs of each endpoint, by ratio; of the endpoints the slowest. */
function slowestEndpoint(observations: readonly Observation[], timed: readonly Timed[]): PairTimes | undefined {
  let slowest: PairTimes | undefined
  for (const [part, own] of Map.groupBy(timed, ({ row }) => row.part)) {
    const pairs = own.flatMap((target) => timesOf(target, own) ?? []).toSorted((a, b) => a.lnRatio - b.lnRatio)
    const middle = pairs[(pairs.length - 1) >> 1]
    if (middle === undefined || isSlowAbroad(observations, part, middle.lnRatio)) continue
    if (slowest === undefined || middle.lnRatio > slowest.lnRatio) slowest = middle
  }
  return slowest
}

/** Half of the ratio, and half as slow again at least, is seen from abroad too: the server is slow for that name. */
function isSlowAbroad(observations: readonly Observation[], part: string, lnRatio: number): boolean {
  const outside = observations.flatMap((row) =>
    row.kind === 'tls' && row.side === 'control' && row.part === part && row.endedAt !== undefined
      ? [{ row, took: row.endedAt - (row.startedAt ?? 0) }]
      : [],
  )
  return outside.some(
    ({ row, took }) =>
      row.role === 'target' &&
      outside.some((other) => {
        if (other.row.role !== 'innocent' || other.row.address !== row.address || !(other.took > 0)) return false
        const ratio = Math.log(took / other.took)
        return ratio >= Math.log(1.5) && ratio >= lnRatio / 2
      }),
  )
}

function timedOf(row: Observation): Timed | undefined {
  if (row.kind !== 'tls' || row.side !== 'probe' || row.address === undefined) return undefined
  if (row.failure !== undefined && row.failure.code !== 'ssl_invalid_hostname') return undefined
  const { startedAt, endedAt } = row
  return startedAt === undefined || endedAt === undefined || !(endedAt > startedAt)
    ? undefined
    : { row, startedAt, endedAt }
}

function nearest(target: Timed, timed: readonly Timed[]): Timed | undefined {
  const { address, port, name } = target.row
  return timed
    .filter(({ row }) => row.role === 'innocent' && row.address === address && row.port === port && row.name !== name)
    .map((control) => ({ control, apart: apart(target, control) }))
    .filter(({ apart: seconds }) => seconds < APART)
    .toSorted((a, b) => a.apart - b.apart)[0]?.control
}

const apart = (a: Timed, b: Timed): number => Math.max(0, a.startedAt - b.endedAt, b.startedAt - a.endedAt)
