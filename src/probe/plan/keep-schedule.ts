import type { Instant, Millis } from '../../core/model/units.ts'
import {
  afterRun,
  beginSchedule,
  dueAt,
  settleSchedule,
  waitFor,
  type Cadence,
  type RandomNumber,
  type Schedule,
} from './schedule.ts'

/** What a daemon does with the world; each may be slow, none knows of the others. */
export interface DaemonTools {
  readonly cadence: Cadence
  readonly chance: RandomNumber
  readonly now: () => Instant
  readonly wait: (time: Millis, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  readonly load: () => Promise<Schedule | undefined>
  readonly save: (schedule: Schedule) => Promise<void>
  /** Whether the month's allowance has room for a run of the schedule, which may depend on runs before it alone. */
  readonly mayMeasure: (scope: 'core' | 'full') => Promise<boolean>
  /** One run; what goes wrong in it is its own to tell, so that the schedule goes on. */
  readonly measure: (scope: 'core' | 'full') => Promise<void>
  /** Sends what waits, where its back-off allows it. */
  readonly deliver: () => Promise<void>
}

/**
 * Keeps the schedule until `signal` aborts, then resolves. A run is marked as done before it begins: a machine that dies
 * in every run does not begin the same one again and again. Sleep, a clock that is set and a restart are
 * `settleSchedule`'s; the wait is never longer than a minute, so that each is noticed.
 */
export async function keepSchedule(tools: DaemonTools): Promise<void> {
  const { cadence, chance, now, signal } = tools
  let schedule = (await tools.load()) ?? beginSchedule(now(), cadence, chance)
  await tools.save(schedule)
  while (!isAborted(signal)) {
    const settled = settleSchedule(schedule, now(), { cadence, chance })
    const scope = dueAt(settled, now())
    const next = scope === undefined ? settled : afterRun(settled, scope, { now: now(), cadence, chance })
    if (JSON.stringify(next) !== JSON.stringify(schedule)) await tools.save(next)
    schedule = next
    if (scope !== undefined && (await tools.mayMeasure(scope))) await tools.measure(scope)
    if (isAborted(signal)) return
    await tools.deliver()
    try {
      await tools.wait(waitFor(schedule, now()), signal)
    } catch {
      return // only the end of the run ends a wait
    }
  }
}

const isAborted = (signal: AbortSignal): boolean => signal.aborted
