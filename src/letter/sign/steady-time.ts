import { HOUR_MS, MINUTE_MS } from '../../core/model/duration.ts'
import type { Clock } from '../../runtime/clock.ts'

/** The time of day and the time since the start may part by so much between two looks: a time service corrects less. */
const MOST_JUMP_MS = MINUTE_MS
/** How long the time of day has to go on evenly before it is believed. */
export const STEADY_MS = HOUR_MS

/**
 * Whether the time of day is to be believed for what nothing brings back. A machine that starts with a wrong clock, or
 * whose clock is set, tells no day until an hour has passed without another jump: the operator can see it meanwhile.
 */
export class SteadyTime {
  readonly #clock: Clock
  #since: number
  #ahead: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#since = clock.monotonic()
    this.#ahead = clock.now() - this.#since
  }

  /** To be asked every few seconds. */
  isSteady(): boolean {
    const passed = this.#clock.monotonic()
    const ahead = this.#clock.now() - passed
    if (Math.abs(ahead - this.#ahead) > MOST_JUMP_MS) this.#since = passed
    this.#ahead = ahead
    return passed - this.#since >= STEADY_MS
  }
}
