import { millis, type Millis } from '../../core/model/units.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Chance } from './chance.ts'
import { pause } from './pause.ts'

export interface GateLimits {
  /** Operations that may be lively at once. */
  readonly atOnce: number
  /** An operation still without an end after this time sends next to nothing any more and gives its place away. */
  readonly livelyFor: Millis
  /** Shortest time between two beginnings. */
  readonly pace: Millis
  /**
   * Up to so much is added to it, newly drawn each time, so that no rhythm tells a run; before an operation that goes
   * ahead of the queue `pairSpread` at most, so that halves of pairs do not follow each other at once. Absent: nothing.
   */
  readonly spread?: Millis
  readonly pairSpread?: Millis
}

export interface GateTools {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Draws the time that is added; needed where any is. */
  readonly chance?: Chance
}

/**
 * Lets operations begin a few at a time and at a steady pace, so that a run neither fills the owner's line nor looks
 * like a scan. Silence does not count: an operation that waits in vain gives up its place, so that ten silent services
 * do not hold up the others. What belongs to something that has begun goes ahead of what has not, so that the halves of
 * a pair meet the line in the same state however long the queue is.
 */
export class Gate {
  readonly #limits: GateLimits
  readonly #clock: Clock
  readonly #signal: AbortSignal
  readonly #chance: Chance | undefined
  /** Those that wait, in the order of asking; the first ones before all of the others. */
  readonly #first: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #lively = 0
  #nextAt = 0

  constructor(limits: GateLimits, { clock, signal, chance }: GateTools) {
    this.#limits = limits
    this.#chance = chance
    this.#clock = clock
    this.#signal = signal
  }

  /**
   * Runs one operation when its turn comes; `isNext`: ahead of all that wait for their turn, as a later half of a pair
   * does. Rejects with the reason of the run's signal where the run ends first.
   */
  async run<T>(operation: () => Promise<T>, { isNext = false }: { readonly isNext?: boolean } = {}): Promise<T> {
    const gap = isNext ? this.#draw(this.#limits.pairSpread) : 0
    if (gap > 0) await pause(millis(gap), this.#signal)
    await this.#enter(isNext)
    let held = true
    const release = (): void => {
      if (!held) return
      held = false
      this.#leave()
    }
    const timer = setTimeout(release, this.#limits.livelyFor)
    try {
      return await operation()
    } finally {
      clearTimeout(timer)
      release()
    }
  }

  #draw(most: Millis | undefined): number {
    return most === undefined || this.#chance === undefined ? 0 : this.#chance.below(most)
  }

  async #enter(isNext: boolean): Promise<void> {
    const queue = isNext ? this.#first : this.#others
    while (this.#lively >= this.#limits.atOnce) await this.#turn(queue)
    this.#signal.throwIfAborted()
    this.#lively++
    const now = this.#clock.monotonic()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + this.#limits.pace + this.#draw(this.#limits.spread)
    try {
      if (at > now) await pause(millis(at - now), this.#signal)
    } catch (error) {
      this.#leave()
      throw error
    }
  }

  #leave(): void {
    this.#lively--
    const wake = this.#first.shift() ?? this.#others.shift()
    wake?.()
  }

  #turn(queue: (() => void)[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#signal.aborted) return reject(this.#signal.reason)
      const wake = (): void => {
        this.#signal.removeEventListener('abort', abort)
        resolve()
      }
      const abort = (): void => {
        const at = queue.indexOf(wake)
        if (at !== -1) queue.splice(at, 1)
        reject(this.#signal.reason)
      }
      queue.push(wake)
      this.#signal.addEventListener('abort', abort, { once: true })
    })
  }
}
