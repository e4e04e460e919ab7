const EMPTY = Buffer.alloc(0)

/**
 * Pulls bytes from a source with a look ahead. A source that is interrupted first gives all it has; only then is
 * its error thrown, the same object each time. Holds one chunk of the source and what was read ahead.
 */
export class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>
  #head: Buffer = EMPTY
  #ended = false
  #trouble: unknown
  /** Bytes consumed so far. */
  offset = 0

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** Bytes at hand without waiting; may be empty. */
  get held(): Buffer {
    return this.#head
  }

  /** At least one byte, or none at the end of the source; throws what the source threw once all is consumed. */
  async window(): Promise<Buffer> {
    while (this.#head.length === 0 && (await this.#pull()));
    if (this.#head.length === 0 && this.#trouble !== undefined) throw this.#trouble
    return this.#head
  }

  /** The next `count` bytes without consuming them; fewer where the source ends or is interrupted. */
  async peek(count: number): Promise<Buffer> {
    while (this.#head.length < count && (await this.#pull()));
    return this.#head.subarray(0, count)
  }

  /** Consumes exactly `count` bytes, or undefined (consuming nothing) where there are fewer. */
  async take(count: number): Promise<Buffer | undefined> {
    const bytes = await this.peek(count)
    if (bytes.length < count) return undefined
    this.consume(count)
    return bytes
  }

  consume(count: number): void {
    this.#head = this.#head.subarray(count)
    this.offset += count
  }

  /** Consumes up to `count` bytes without keeping them; gives how many there were. */
  async skip(count: number): Promise<number> {
    let left = count
    while (left > 0) {
      const window = await this.window()
      if (window.length === 0) break
      const step = Math.min(left, window.length)
      this.consume(step)
      left -= step
    }
    return count - left
  }

  /** The error with which the source was interrupted, if it did and everything before it was consumed. */
  get trouble(): unknown {
    return this.#head.length === 0 ? this.#trouble : undefined
  }

  async close(): Promise<void> {
    this.#ended = true
    await this.#source.return?.()
  }

  async #pull(): Promise<boolean> {
    if (this.#ended) return false
    try {
      const next = await this.#source.next()
      if (next.done === true) {
        this.#ended = true
        return false
      }
      const chunk = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength)
      this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk])
      return true
    } catch (error) {
      this.#ended = true
      this.#trouble = error
      return false
    }
  }
}
