import { Mutex } from '../../runtime/mutex.ts'

interface Waiting<T> {
  readonly items: readonly T[]
  readonly bytes: number
  resolve(): void
  reject(error: unknown): void
}

/**
 * Gathers what many callers want written into groups, one group at a time: while one is being written, the next one
 * gathers. Acts that need the files for themselves take their turn in the same queue.
 *
 * After a failed write nothing is known about what was being written (a second fsync may lie): before anything else is
 * written, `recover` must bring the files back to what was durable before. As long as it cannot, everything fails.
 */
export class GroupCommit<T> {
  readonly #write: (group: readonly T[]) => Promise<void>
  readonly #maxBytes: number
  readonly #recover: () => Promise<void>
  #waiting: Waiting<T>[] = []
  readonly #mutex = new Mutex()
  #scheduled = false
  #broken = false

  constructor(
    write: (group: readonly T[]) => Promise<void>,
    { maxBytes, recover }: { readonly maxBytes: number; readonly recover: () => Promise<void> },
  ) {
    this.#write = write
    this.#maxBytes = maxBytes
    this.#recover = recover
  }

  /** Resolves when the items are durable; rejects with the error of the write, or of the recovery before it. */
  submit(items: readonly T[], bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ items, bytes, resolve, reject })
      this.#schedule()
    })
  }

  /** Runs an act alone, after the groups that are due now. An error of it breaks the archive as well. */
  exclusive<R>(act: () => Promise<R>): Promise<R> {
    return this.#mutex.run(async () => {
      await this.#makeWhole()
      try {
        return await act()
      } catch (error) {
        this.#broken = true
        throw error
      }
    })
  }

  /** Resolves when nothing waits and nothing is being written; never rejects. */
  idle(): Promise<void> {
    return this.#mutex.idle()
  }

  /** Whether a write has failed and the files have not recovered since. */
  get broken(): boolean {
    return this.#broken
  }

  async #makeWhole(): Promise<void> {
    if (!this.#broken) return
    await this.#recover()
    this.#broken = false
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    void this.#mutex.run(() => this.#flush())
  }

  /** Writes one group; the next one queues up behind the exclusive acts, so that a steady stream never starves them. */
  async #flush(): Promise<void> {
    this.#scheduled = false
    const group = this.#takeGroup()
    if (this.#waiting.length > 0) this.#schedule()
    try {
      await this.#makeWhole()
      await this.#write(group.flatMap((waiting) => waiting.items))
      for (const waiting of group) waiting.resolve()
    } catch (error) {
      this.#broken = true
      for (const waiting of group) waiting.reject(error)
    }
  }

  #takeGroup(): readonly Waiting<T>[] {
    let count = 0
    for (let bytes = 0; count < this.#waiting.length; count++) {
      bytes += this.#waiting[count]!.bytes // count is below the length
      if (count > 0 && bytes > this.#maxBytes) break
    }
    const group = this.#waiting.slice(0, count)
    this.#waiting = this.#waiting.slice(count)
    return group
  }
}
