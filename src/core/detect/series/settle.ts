import { HOUR_MS } from '../../model/duration.ts'
import { instant } from '../../model/units.ts'
import { addAvailability, NO_AVAILABILITY, type AvailabilityOptions } from '../shown/availability.ts'
import type { Analysed } from './date-incident.ts'
import { CHUNK, filterAt, replay, stepBackward } from '../chain/filter.ts'
import { recentBursts } from './live.ts'
import type { DetectOptions, SettledState } from './series-result.ts'
import { createPiece } from '../chain/transition.ts'

const LEAST_AGE = 6 * HOUR_MS
/** The window of an incident and its curve reach back at most this far into a quiet stretch. */
const QUIET_HOURS = 5
const QUIET = 0.005

/** What stood before, and what to count. */
export interface SettleOptions {
  readonly settled: SettledState | undefined
  /** Settings as text. */
  readonly text: string
  readonly counted: Omit<AvailabilityOptions, 'before'>
  /** γ at its highest where one device may be denying a restriction; absent: no device can. */
  readonly most: Float64Array | undefined
  readonly maySettle: DetectOptions['maySettle'] | undefined
}

/**
 * Finds the latest local hour, at least six hours old, from which on five hours stay quiet with any later measurement.
 * Later readings reach the past only through the state at the last point, so P(restricted there | readings, state now)
 * is computed for the states now that remember longest (long restrictions of each level): where even these leave
 * γ < .005, nothing later can open an incident that reaches back to it. Undefined where there is no such hour.
 */
export function settle(series: Analysed, options: SettleOptions): SettledState | undefined {
  const { points, run, filtered, bursts, smoothed } = series
  const { chain } = run
  const last = points.size - 1
  if (last < 1) return options.settled
  const reach = reachOf(bursts.last)
  const vectors = Array.from({ length: chain.levels }, (_, level) => {
    const vector = new Float64Array(chain.size)
    vector[1 + chain.levels + level] = 1
    return vector
  })
  const piece = createPiece()
  const block = new Float64Array(CHUNK * chain.size)
  let quietUntil = Number.NaN
  let burst = bursts.size - 1
  for (let k = last; k >= 0; k--) {
    if (k === last || k % CHUNK === CHUNK - 1) replay(run, filtered, { from: k - (k % CHUNK), to: k, into: block })
    if (k < last) for (const vector of vectors) stepBackward(run, k, { vector, piece })
    const worst = Math.max(
      smoothed.restricted[k]!, // one for each point or burst
      options.most?.[k] ?? 0,
      ...vectors.map((vector) => joint(vector, block, { at: (k % CHUNK) * chain.size, zs: chain.zs })),
    ) // k < size, here and below
    const at = points.at[k]!
    if (!(worst < QUIET)) quietUntil = Number.NaN
    else if (Number.isNaN(quietUntil)) quietUntil = at
    while (burst >= 0 && bursts.at[burst]! >= at) burst-- // the last burst before this hour
    if (points.burst[k]! >= 0 || !(quietUntil - at >= QUIET_HOURS * HOUR_MS) || points.at[last]! - at < LEAST_AGE)
      continue
    if (options.maySettle?.(at) === false) continue
    // burst is an index of both lists
    if (burst >= 0 && (reach[burst]! >= at || alarmed(series, at))) continue
    return settledAt(series, options, { point: k, burst })
  }
  return options.settled
}

/** Latest last reading among the first n bursts. */
function reachOf(lasts: Float64Array): Float64Array {
  const reach = lasts.slice()
  for (let k = 1; k < reach.length; k++) if (reach[k - 1]! > reach[k]!) reach[k] = reach[k - 1]! // k ≥ 1
  return reach
}

const alarmed = ({ alarms }: Analysed, at: number): boolean =>
  alarms.some(({ raisedAt, clearedAt }) => raisedAt < at && (clearedAt ?? Infinity) > at - HOUR_MS)

function joint(vector: Float64Array, block: Float64Array, { at, zs }: { at: number; zs: number }): number {
  let open = 0
  let all = 0
  for (let state = 0; state < vector.length; state++) {
    const p = vector[state]! * block[at + state]! // both hold every state
    all += p
    if (state % zs === 0) open += p
  }
  return 1 - open / all
}

function settledAt(
  series: Analysed,
  { settled, text, counted }: SettleOptions,
  { point, burst }: { point: number; burst: number },
): SettledState {
  const { points, run, filtered, smoothed, bursts, columns, settings } = series
  const at = points.at[point]! // point < size
  const { vector, logLikelihood } = filterAt(run, filtered, point)
  const before = settled?.availability ?? NO_AVAILABILITY
  const recent = recentBursts(
    { chain: run.chain, bursts, probes: columns.probes },
    { burst, before: settled?.recent ?? [], settings },
  )
  return {
    at: instant(at),
    vector: [...vector],
    logLikelihood: (settled?.logLikelihood ?? 0) + logLikelihood,
    recent,
    controlled: series.controlled,
    lastAt: instant(burst >= 0 ? bursts.last[burst]! : (settled?.lastAt ?? at)), // one for each point or burst
    availability: addAvailability(before, { points, restricted: smoothed.restricted }, { ...counted, before: point }),
    settings: text,
  }
}
