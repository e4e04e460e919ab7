import { HOUR_MS } from '../../model/duration.ts'
import type { Alarm } from '../../model/incident/incident.ts'
import { instant } from '../../model/units.ts'
import type { Bursts } from './bursts.ts'
import type { Points } from '../chain/points.ts'
import type { RecentBurst } from './series-result.ts'
import type { DetectSettings } from '../chain/settings.ts'
import type { Chain } from '../chain/transition.ts'
import { evidenceOfBurst, LEAST_WITNESS } from './witnesses.ts'

/** Bursts that the floor looks back on in any case, however long ago: a sparse series has no three busy hours. */
const LEAST_BURSTS = 8
/** An alarm that clears and rises again within this time is the same alarm. */
const SAME = HOUR_MS

/** A filtered series as the live alarm sees it. */
export interface LiveSeries {
  readonly chain: Chain
  readonly points: Points
  readonly bursts: Bursts
  readonly probes: readonly string[]
  /** P(restricted | readings so far) after each point, and after the first reading alone of a burst that goes on. */
  readonly restricted: Float64Array
  readonly early: Float64Array
}

interface Raised {
  raisedAt: number
  clearedAt?: number
  floorMet: boolean
}

/**
 * Replays the live alarm: raised at P(restricted) ≥ raise, cleared at ≤ clear, both judged when a burst arrives; it
 * counts from the moment at which the evidence floor is met as well. Without the floor it is kept as `floorMet: false`.
 * `before`: bursts that the floor still remembers from before the series was taken up again.
 */
export function replayAlarms(
  series: LiveSeries,
  settings: DetectSettings,
  before: readonly RecentBurst[] = [],
): readonly Alarm[] {
  const { points, bursts } = series
  const alarms: Raised[] = []
  let current: Raised | undefined
  for (let k = 0; k < points.size; k++) {
    const burst = points.burst[k]! // k < size
    if (burst < 0) continue
    const p = series.restricted[k]! // one for each point
    const early = series.early[k]! >= settings.raise
    if (early || p >= settings.raise) {
      if (current?.floorMet === true) continue
      const floorMet = meetsFloor(recentBursts(series, { burst, before, settings }), settings)
      current = raise(alarms, { current, at: early ? bursts.at[burst]! : bursts.last[burst]!, floorMet }) // one for each burst
    } else if (current !== undefined && p <= settings.clear) {
      current.clearedAt = bursts.last[burst]!
      current = undefined
    }
  }
  return alarms.map(({ raisedAt, clearedAt, floorMet }) => ({
    raisedAt: instant(raisedAt),
    ...(clearedAt === undefined ? {} : { clearedAt: instant(clearedAt) }),
    floorMet,
  }))
}

function raise(
  alarms: Raised[],
  { current, at, floorMet }: { current: Raised | undefined; at: number; floorMet: boolean },
): Raised {
  const last = alarms.at(-1)
  const same = current ?? (last?.clearedAt !== undefined && at - last.clearedAt <= SAME ? last : undefined)
  if (same === undefined) {
    const made: Raised = { raisedAt: at, floorMet }
    alarms.push(made)
    return made
  }
  delete same.clearedAt
  if (floorMet && !same.floorMet) {
    // only from here on it may be made known to anyone
    same.raisedAt = at
    same.floorMet = true
  }
  return same
}

/** What the floor looks back on. */
export interface LookBack {
  /** The newest burst, −1 where there is none but those before. */
  readonly burst: number
  readonly before: readonly RecentBurst[]
  readonly settings: DetectSettings
}

/** Gives the bursts of the last hours, and the last few in any case, oldest first. */
export function recentBursts(
  { chain, bursts, probes }: Pick<LiveSeries, 'chain' | 'bursts' | 'probes'>,
  { burst, before, settings }: LookBack,
): readonly RecentBurst[] {
  const newest = bursts.at[burst] ?? before.at(-1)?.at ?? 0
  const oldest = newest - settings.floorHours * HOUR_MS
  const recent: RecentBurst[] = []
  const wanted = (at: number): boolean => recent.length < LEAST_BURSTS || at >= oldest
  let k = burst
  // 0 ≤ k ≤ burst
  for (; k >= 0 && wanted(bursts.at[k]!); k--)
    recent.push({
      at: bursts.at[k]!, // 0 ≤ k ≤ burst
      probe: probes[bursts.probe[k]!] ?? '',
      artefact: bursts.artefact[k] === 1,
      evidence: evidenceOfBurst(chain, bursts, k),
    })
  if (k < 0) for (let old = before.length - 1; old >= 0 && wanted(before[old]!.at); old--) recent.push(before[old]!) // within before
  return recent.toReversed()
}

/** Enough devices whose evidence since its own lowest point (Page's CUSUM) speaks for restriction, also without any one. */
function meetsFloor(recent: readonly RecentBurst[], settings: DetectSettings): boolean {
  const sums = new Map<string, readonly number[]>()
  for (const { probe, evidence } of recent) {
    if (probe === '') continue
    const sum = sums.get(probe) ?? []
    sums.set(
      probe,
      evidence.map((value, level) => Math.max(0, (sum[level] ?? 0) + value)),
    )
  }
  return [...sums.values()].filter((sum) => Math.max(...sum) >= LEAST_WITNESS).length > settings.floorProbes
}
