import type { Clock } from '../../runtime/clock.ts'

/** How often the watch looks. */
const TICK_MS = 1000
/** A gap so much longer than a tick: the machine slept, or could not run its programs at all. */
const SLEPT_MS = 20_000

/** Tells whether the machine slept since it was opened. */
export interface SleepWatch extends Disposable {
  /** Looks now: timers that were due during the sleep may come before the watch's own. */
  readonly slept: boolean
}

/**
 * Notices a sleep of the machine by a gap of the time of day between two looks, and calls `onSleep` once. The monotonic
 * clock tells less: it does not move while Linux sleeps. A clock that is set forward looks the same as a sleep.
 */
export function openSleepWatch({ now }: Pick<Clock, 'now'>, onSleep: () => void): SleepWatch {
  let last = now()
  let slept = false
  const look = (): boolean => {
    if (slept) return true
    const at = now()
    slept = at - last > TICK_MS + SLEPT_MS
    last = at
    if (slept) onSleep()
    return slept
  }
  const timer = setInterval(look, TICK_MS)
  timer.unref()
  return {
    get slept() {
      return look()
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
