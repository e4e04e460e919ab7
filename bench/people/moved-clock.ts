import { instant, millis } from '../../src/core/model/units.ts'
import type { Clock } from '../../src/runtime/clock.ts'

/** A clock that goes as time does, and is moved ahead: a day of a letter passes in a minute. */
export class MovedClock implements Clock {
  #ahead: number

  constructor(start: number) {
    this.#ahead = start - Date.now()
  }

  now(): ReturnType<Clock['now']> {
    return instant(Date.now() + this.#ahead)
  }

  monotonic(): ReturnType<Clock['monotonic']> {
    return millis(performance.now() + this.#ahead)
  }

  pass(ms: number): void {
    this.#ahead += ms
  }
}

/** What a server with a moved clock is told, and what it answers. */
export type ClockOrder =
  { readonly kind: 'pass'; readonly ms: number } | { readonly kind: 'tickets'; readonly count: number }
export type ClockWord =
  | { readonly kind: 'ready'; readonly port: number }
  | { readonly kind: 'now'; readonly now: number }
  | { readonly kind: 'tickets'; readonly tickets: readonly string[] }
