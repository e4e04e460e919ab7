import type { Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'

/** Time of a whole run in which repetitions may begin: on a line that loses much each would call for the next. */
export class RunBudget {
  readonly #clock: Clock
  readonly #until: number

  /** `from` is a moment of the monotonic clock. */
  constructor(clock: Clock, from: Millis, length: Millis) {
    this.#clock = clock
    this.#until = from + length
  }

  get isOver(): boolean {
    return this.#clock.monotonic() >= this.#until
  }

  /** The same budget as one service spends it. */
  forService(): ServiceBudget {
    return new ServiceBudget(this)
  }
}

/** What one service may still repeat, and whether it was denied a repetition that would have decided. */
export class ServiceBudget {
  readonly #run: RunBudget
  #unfinished = false

  constructor(run: RunBudget) {
    this.#run = run
  }

  get isOver(): boolean {
    return this.#run.isOver
  }

  /** Whether a repetition that decides may begin. If not, the service is unfinished and has no result. */
  readonly mayRepeat = (): boolean => {
    if (!this.#run.isOver) return true
    this.#unfinished = true
    return false
  }

  get unfinished(): boolean {
    return this.#unfinished
  }
}
