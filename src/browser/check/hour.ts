import { MINUTE_MS } from '../../core/model/duration.ts'
import { renewPlan, type KnownPlan } from './plan.ts'
import { runCheck, pauseFor, type BrowserCheckOptions, type FinishedCheck } from './run-check.ts'

/** A check every three minutes for an hour. */
export const HOUR_CHECKS = 20
export const EVERY_MS = 3 * MINUTE_MS
const TICK_MS = 1000

export interface HourOptions extends Omit<BrowserCheckOptions, 'region'> {
  /** The nth check is about to be made. */
  readonly begin: (nth: number) => void
  /**
   * With the plan that it was made by. Not of one that was interrupted: it is left out like one that was slept through.
   */
  readonly finish: (nth: number, finished: FinishedCheck, known: KnownPlan) => void
  /** Milliseconds to the next check, and to the end of the hour. */
  readonly wait: (next: number, left: number) => void
}

/**
 * Makes the checks of an hour, each with the plan as it is by then. A device that slept has missed some: they are left
 * out, never made up for. Resolves when the hour is over or the reader ends it, with the number of those that were left
 * out.
 */
export async function runHour(known: KnownPlan, options: HourOptions): Promise<number> {
  const { signal, tell, begin, finish, wait } = options
  const passed = openTimer()
  let plan = known
  let missed = 0
  try {
    for (let nth = 0; nth < HOUR_CHECKS; nth++) {
      const dueAt = nth * EVERY_MS
      for (let now = passed(); now < dueAt; now = passed()) {
        wait(dueAt - now, HOUR_CHECKS * EVERY_MS - now)
        await pauseFor(Math.min(TICK_MS, dueAt - now), signal)
      }
      if (passed() >= dueAt + EVERY_MS) {
        missed++
        continue
      }
      begin(nth)
      plan = await renewPlan(plan, signal)
      const finished = await runCheck(plan, { signal, tell, region: null })
      if (signal.aborted) return missed
      if (finished.isInterrupted) missed++
      else finish(nth, finished, plan)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return missed
}

/**
 * Milliseconds since now by the clock that went further: one stops while the device sleeps, the other may be set back.
 */
function openTimer(): () => number {
  const [wall, monotonic] = [Date.now(), performance.now()]
  return () => Math.max(Date.now() - wall, performance.now() - monotonic)
}
