import type { Alarm } from '../model/incident.ts'
import { instant } from '../model/units.ts'
import type { Bursts } from './bursts.ts'
import type { Points } from './points.ts'
import type { RecentBurst } from './series-result.ts'
import type { DetectSettings } from './settings.ts'

const HOUR = 3_600_000
/** Bursts that the floor looks back on in any case, however long ago: a sparse series has no three busy hours. */
const LEAST_BURSTS = 8
/** An alarm that clears and rises again within this time is the same alarm. */
const SAME = HOUR

/** A filtered series as the live alarm sees it. */
export interface LiveSeries {
  readonly points: Points
  readonly bursts: Bursts
  readonly probes: readonly string[]
  /** P(restricted | readings so far) after each point, and after the first reading alone of a burst that goes on. */
  readonly restricted: Float64Array
  readonly early: Float64Array
}

/** What has been raised, and what the floor remembers. */
export interface Live {
  readonly alarms: readonly Alarm[]
  readonly recent: readonly RecentBurst[]
}

interface Raised {
  raisedAt: number
  clearedAt?: number
  floorMet: boolean
}

/**
 * Replays the live alarm: raised at P(restricted) ≥ raise, cleared at ≤ clear, both judged when a burst arrives; it
 * counts from the moment at which the evidence floor is met as well. Without the floor it is kept as `floorMet: false`.
 */
export function replayAlarms(series: LiveSeries, settings: DetectSettings, before: readonly RecentBurst[] = []): Live {
  const { points, bursts } = series
  const recent = [...before]
  const alarms: Raised[] = []
  let current: Raised | undefined
  for (let k = 0; k < points.size; k++) {
    const burst = points.burst[k]! // k < size
    if (burst < 0) continue
    const p = series.restricted[k]! // one for each point
    remember(
      recent,
      {
        at: bursts.at[burst]!,
        probe: series.probes[bursts.probe[burst]!] ?? '',
        failed: bursts.failed[burst]! > 0,
        artefact: bursts.artefact[burst] === 1,
      },
      settings,
    )
    const early = series.early[k]! >= settings.raise
    const at = early ? bursts.at[burst]! : bursts.last[burst]!
    if ((early || p >= settings.raise) && (current === undefined || !current.floorMet)) {
      current = raise(alarms, { current, at, floorMet: meetsFloor(recent, settings) })
    } else if (current !== undefined && p <= settings.clear) {
      current.clearedAt = bursts.last[burst]!
      current = undefined
    }
  }
  return {
    alarms: alarms.map(({ raisedAt, clearedAt, floorMet }) => ({
      raisedAt: instant(raisedAt),
      ...(clearedAt === undefined ? {} : { clearedAt: instant(clearedAt) }),
      floorMet,
    })),
    recent,
  }
}

function raise(alarms: Raised[], asked: { current: Raised | undefined; at: number; floorMet: boolean }): Raised {
  const { current, at, floorMet } = asked
  if (current !== undefined) {
    // the floor is met only now: from here on it may be told to anyone
    if (floorMet) {
      current.raisedAt = at
      current.floorMet = true
    }
    return current
  }
  const last = alarms.at(-1)
  if (last?.clearedAt !== undefined && at - last.clearedAt <= SAME && last.floorMet === floorMet) {
    delete last.clearedAt
    return last
  }
  const made: Raised = { raisedAt: at, floorMet }
  alarms.push(made)
  return made
}

/** Adds a burst and drops those that are both old and beyond the last few. */
function remember(recent: RecentBurst[], burst: RecentBurst, settings: DetectSettings): void {
  recent.push(burst)
  while (recent.length > LEAST_BURSTS && burst.at - recent[0]!.at > settings.floorHours * HOUR) recent.shift() // length > 8
}

function meetsFloor(recent: readonly RecentBurst[], settings: DetectSettings): boolean {
  if (recent.some(({ artefact }) => artefact)) return true
  const failed = new Set(recent.flatMap(({ failed: hit, probe }) => (hit && probe !== '' ? [probe] : [])))
  return failed.size >= settings.floorProbes
}
