export interface SemaphoreOptions {
  /** Acts that may run at once. */
  readonly places: number
  /** Acts that may wait for a place; absent: any number. */
  readonly mostWaiting?: number
}

/**
 * A bound on how many acts run at once; the others wait in the order of asking. The bound on those that wait is for the
 * caller to enforce: ask `isFull` first and answer "busy".
 */
export class Semaphore {
  readonly #options: SemaphoreOptions
  readonly #waiting: (() => void)[] = []
  #taken = 0

  constructor(options: SemaphoreOptions) {
    this.#options = options
  }

  /** Whether an act that comes now begins at once. */
  get isIdle(): boolean {
    return this.#taken < this.#options.places
  }

  /** Whether nothing runs. */
  get isEmpty(): boolean {
    return this.#taken === 0
  }

  /** Whether an act that comes now would be one too many. */
  get isFull(): boolean {
    return !this.isIdle && this.#waiting.length >= (this.#options.mostWaiting ?? Infinity)
  }

  /** Waits for a place and gives what frees it, once. Throws the reason of `signal` where it aborts first. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (!this.#enter(signal)) await this.#wait(signal)
    let held = true
    return () => {
      if (held) this.#leave()
      held = false
    }
  }

  /** Runs the act when its turn comes: before this returns where the semaphore is idle. */
  async run<T>(act: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!this.#enter(signal)) await this.#wait(signal)
    try {
      return await act()
    } finally {
      this.#leave()
    }
  }

  #enter(signal?: AbortSignal): boolean {
    signal?.throwIfAborted()
    if (!this.isIdle) return false
    this.#taken++
    return true
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#taken--
    else next() // the place passes to the act that waited longest
  }

  #wait(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal?.reason)
      }
      this.#waiting.push(enter)
      signal?.addEventListener('abort', leave, { once: true })
    })
  }
}
