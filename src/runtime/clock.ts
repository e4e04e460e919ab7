import { instant, millis, type Instant, type Millis } from '../core/model/units.ts'

/** The two times of a machine. A module that needs one is given a clock; tests give it a clock they move by hand. */
export interface Clock {
  /** Time of day, which may jump when someone sets it. */
  now(): Instant
  /** Time since some fixed moment of this process, which never runs backwards: for durations only. */
  monotonic(): Millis
}

/** The clock of the machine. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  monotonic: () => millis(performance.now()),
}
