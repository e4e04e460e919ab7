/** Lets one act run at a time, in the order of asking. An act that fails does not hold up the next one. */
export class Mutex {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs the act after those that were asked for before; settles as the act does. */
  run<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#last.then(act)
    this.#last = done.catch(() => undefined)
    return done
  }

  /** Resolves when all acts asked for until now have ended; never rejects. */
  async settled(): Promise<void> {
    await this.#last
  }

  /** Resolves when no act runs or waits, those included that are asked for meanwhile; never rejects. */
  async idle(): Promise<void> {
    for (let last; last !== this.#last;) {
      last = this.#last
      await last
    }
  }
}

/** A mutex for each key. A key that nothing waits for takes no memory. */
export class KeyedMutex {
  readonly #held = new Map<string, { readonly mutex: Mutex; acts: number }>()

  /** Runs the act after those that were asked for before under the same key. */
  async run<T>(key: string, act: () => Promise<T>): Promise<T> {
    const held = this.#held.get(key) ?? { mutex: new Mutex(), acts: 0 }
    this.#held.set(key, held)
    held.acts++
    try {
      return await held.mutex.run(act)
    } finally {
      if (--held.acts === 0) this.#held.delete(key)
    }
  }
}
