import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import { instant, millis, type Instant, type Millis } from '../../core/model/units.ts'

/**
 * When a probe measures by itself. Nothing here depends on what was measured, on events or on failures: cadence that
 * followed the news would make coincidence with the news. It depends on the allowance that the owner chose, on the clock
 * and on chance alone. Pure: numbers from 0 to below 1 are passed in.
 */

/** Estimated bytes of a run, independent of what it really took, so that a restriction does not change the cadence. */
export const CORE_RUN_BYTES = 150 * 1024
export const FULL_RUN_BYTES = 8 * 1024 * 1024
export const DEFAULT_ALLOWANCE = 1_000_000_000
export const METERED_ALLOWANCE = 200_000_000
const DAYS = 31
const HALF_DAY = 12 * HOUR_MS
const SHORTEST = 15 * MINUTE_MS
/** Share of a small allowance that full runs may take. */
const FULL_SHARE = 0.4

export interface Cadence {
  /** Mean time between two core runs. */
  readonly coreInterval: Millis
  /** Full runs a day on average, at most two. */
  readonly fullsPerDay: number
}

/**
 * The cadence that stays within an allowance of bytes a month of 31 days: core runs every 15 minutes and two full runs a
 * day where that fits; else full runs become rarer until they take two fifths, and the rest stretches the core runs.
 */
export function cadenceFor(allowance: number): Cadence {
  const allCore = (DAYS * DAY_MS * CORE_RUN_BYTES) / SHORTEST
  const allFull = DAYS * 2 * FULL_RUN_BYTES
  if (allowance >= allCore + allFull) return { coreInterval: millis(SHORTEST), fullsPerDay: 2 }
  const full = Math.min(allFull, allowance * FULL_SHARE)
  const cores = (allowance - full) / CORE_RUN_BYTES
  const interval = Math.ceil((DAYS * DAY_MS) / cores / MINUTE_MS) * MINUTE_MS
  return { coreInterval: millis(Math.max(SHORTEST, interval)), fullsPerDay: full / FULL_RUN_BYTES / DAYS }
}

/** What the schedule holds between two looks; kept on disk so that a restart draws nothing again. */
export interface Schedule {
  readonly nextCore: Instant
  /** Half day of UTC, counted from 1970, and the moment drawn in it; absent: none in this half, or done. */
  readonly half: number
  readonly fullAt?: Instant
}

export type RandomNumber = () => number

const halfOf = (at: Instant): number => Math.floor(at / HALF_DAY)

/** One moment drawn evenly over a whole half day, or none; also where it is past already: late starts shift nothing. */
function drawFull(now: Instant, cadence: Cadence, chance: RandomNumber): Pick<Schedule, 'half' | 'fullAt'> {
  const half = halfOf(now)
  const drawn = chance() < cadence.fullsPerDay / 2
  const at = instant(Math.floor((half + chance()) * HALF_DAY))
  return drawn && at > now ? { half, fullAt: at } : { half }
}

/** A first core run within one interval, whose phase is random. */
const drawFirst = (now: Instant, cadence: Cadence, chance: RandomNumber): Instant =>
  instant(Math.floor(now + chance() * cadence.coreInterval))

/** A schedule for a probe that has none. */
export const beginSchedule = (now: Instant, cadence: Cadence, chance: RandomNumber): Schedule => ({
  nextCore: drawFirst(now, cadence, chance),
  ...drawFull(now, cadence, chance),
})

/** A run this much later than planned is not made up for: the machine slept, or its clock was set. */
const LATE = 5 * MINUTE_MS

/**
 * The schedule as of `now`: runs that sleep or a clock set forward made late are skipped, those that a clock set back
 * put out of reach are drawn again, and a new half day gets its own time.
 */
export function settleSchedule(
  schedule: Schedule,
  now: Instant,
  tools: { cadence: Cadence; chance: RandomNumber },
): Schedule {
  const { cadence, chance } = tools
  const lost = schedule.nextCore < now - LATE || schedule.nextCore > now + 2 * cadence.coreInterval
  const nextCore = lost ? drawFirst(now, cadence, chance) : schedule.nextCore
  if (schedule.half !== halfOf(now)) return { nextCore, ...drawFull(now, cadence, chance) }
  const { half, fullAt } = schedule
  return fullAt === undefined || fullAt < now - LATE ? { nextCore, half } : { nextCore, half, fullAt }
}

/** What is due at `now` of a settled schedule; a full run goes before a core run, which it contains. */
export function dueAt(schedule: Schedule, now: Instant): 'core' | 'full' | undefined {
  if (schedule.fullAt !== undefined && schedule.fullAt <= now) return 'full'
  return schedule.nextCore <= now ? 'core' : undefined
}

/**
 * The schedule after a run of `scope` was begun (or left out for want of allowance) at `now`. The next core run follows
 * the planned moment of this one, a fifth of the interval sooner or later at random, so that the time a run takes, which
 * a restriction lengthens, does not stretch the cadence.
 */
export function afterRun(
  schedule: Schedule,
  scope: 'core' | 'full',
  tools: { now: Instant; cadence: Cadence; chance: RandomNumber },
): Schedule {
  const { now, cadence, chance } = tools
  if (scope === 'full') return { nextCore: schedule.nextCore, half: schedule.half }
  const planned = schedule.nextCore + cadence.coreInterval * (0.8 + 0.4 * chance())
  return { ...schedule, nextCore: instant(Math.floor(Math.max(planned, now + MINUTE_MS))) }
}

/** Longest time to wait before looking at the clock again: sleep and a clock that is set are noticed by then. */
const LOOK_AGAIN = MINUTE_MS

/** How long to wait at `now` until the schedule may have something due; at least a second. */
export function waitFor(schedule: Schedule, now: Instant): Millis {
  const next = Math.min(schedule.nextCore, schedule.fullAt ?? Infinity)
  return millis(Math.min(LOOK_AGAIN, Math.max(1000, next - now)))
}
