import { renewPlan, type KnownPlan } from './plan.ts'
import { runCheck, waitFor, type CheckOptions, type FinishedCheck } from './run-check.ts'

/** A check every three minutes for an hour. */
export const HOUR_CHECKS = 20
export const EVERY_MS = 3 * 60_000
const TICK_MS = 1000

export interface HourOptions extends Omit<CheckOptions, 'region'> {
  /** The nth check is about to be made. */
  readonly begin: (nth: number) => void
  /** With the plan that it was made by. */
  readonly finish: (nth: number, finished: FinishedCheck, known: KnownPlan) => void
  /** Milliseconds to the next check, and to the end of the hour. */
  readonly wait: (next: number, left: number) => void
}

/**
 * Makes the checks of an hour, each with the plan as it is by then. A device that slept has missed some: they are left out,
 * never made up for. Resolves when the hour is over or the reader ends it.
 */
export async function runHour(known: KnownPlan, options: HourOptions): Promise<void> {
  const { signal, tell, begin, finish, wait } = options
  const startedAt = Date.now()
  const endsAt = startedAt + HOUR_CHECKS * EVERY_MS
  let plan = known
  try {
    for (let nth = 0; nth < HOUR_CHECKS; nth++) {
      const dueAt = startedAt + nth * EVERY_MS
      for (let now = Date.now(); now < dueAt; now = Date.now()) {
        wait(dueAt - now, endsAt - now)
        await waitFor(Math.min(TICK_MS, dueAt - now), signal)
      }
      if (Date.now() >= dueAt + EVERY_MS) continue
      begin(nth)
      plan = await renewPlan(plan, signal)
      const finished = await runCheck(plan, { signal, tell, region: null })
      if (signal.aborted) return
      finish(nth, finished, plan)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
