/** Growing buffer of little-endian values. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }

  uint64(value: number): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeUInt32LE(value % 2 ** 32, this.#length)
    this.#length = this.#bytes.writeUInt32LE(Math.floor(value / 2 ** 32), this.#length)
  }

  /** LEB128, as ClickHouse writes lengths. */
  varint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 128) {
      this.#bytes[this.#length++] = (rest % 128) | 128
      rest = Math.floor(rest / 128)
    }
    this.#bytes[this.#length++] = rest
  }

  /** Length and UTF-8; half of a surrogate pair becomes U+FFFD. */
  text(value: string): void {
    this.#reserve(8 + value.length * 3)
    const short = value.length < 43 // at most 128 bytes of UTF-8, so the length takes one byte
    if (!short) this.varint(Buffer.byteLength(value))
    const start = this.#length + (short ? 1 : 0)
    const written = this.#bytes.write(value, start)
    if (short) this.#bytes[this.#length] = written
    this.#length = start + written
  }

  hex(value: string): void {
    this.#reserve(value.length / 2)
    this.#length += this.#bytes.write(value, this.#length, 'hex')
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The bytes written, in a buffer of their own, so that a worker can hand it over without copying. */
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes.subarray(0, this.#length))
  }
}
