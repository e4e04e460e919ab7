/** A bound on what runs at once, held until the work itself has ended and not only whoever waited for it. */
export class LookupSlots {
  readonly #most: number
  readonly #waiting: (() => void)[] = []
  #held = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Waits for a place; throws the reason of `signal` where it aborts first. Gives what frees the place again, once. */
  async take(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (this.#held < this.#most) this.#held++
    else await this.#queue(signal)
    let held = true
    return () => {
      if (!held) return
      held = false
      const next = this.#waiting.shift()
      if (next === undefined) this.#held--
      else next() // the place goes on to whoever waited longest
    }
  }

  #queue(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1)
        reject(signal.reason)
      }
      this.#waiting.push(enter)
      signal.addEventListener('abort', leave, { once: true })
    })
  }
}
