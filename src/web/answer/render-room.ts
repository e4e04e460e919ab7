/**
 * How many pages are made at once. The main thread makes them in turn anyway; what is bounded is how many questions the
 * warehouse is asked for them while submissions come in, and how long a reader waits before being told to come back.
 */
export class RenderQueue {
  readonly #places: number
  readonly #mostWaiting: number
  #running = 0
  readonly #waiting: (() => void)[] = []

  constructor({ places, mostWaiting }: { readonly places: number; readonly mostWaiting: number }) {
    this.#places = places
    this.#mostWaiting = mostWaiting
  }

  /** Whether somebody who comes now is started at once. */
  get isIdle(): boolean {
    return this.#running < this.#places
  }

  /** Whether nothing is being made. */
  get isEmpty(): boolean {
    return this.#running === 0
  }

  /** Whether somebody who comes now would be sent away. */
  get isFull(): boolean {
    return !this.isIdle && this.#waiting.length >= this.#mostWaiting
  }

  /** Runs the work when its turn comes; ask `isFull` before. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (!this.isIdle) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      return await work()
    } finally {
      // The place goes to the next in the row, if there is one.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }
}
