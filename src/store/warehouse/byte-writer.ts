/** Longest text whose length surely takes one byte: at most 128 bytes of UTF-8. */
const SHORT = 42

/** Growing buffer of little-endian values. */
export class ByteWriter {
  #bytes: Buffer
  #length = 0

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** Forgets what was written and keeps the room. */
  clear(): void {
    this.#length = 0
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#length = this.#bytes.writeUInt32LE(value, this.#length)
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
    if (value.length <= SHORT) this.#shortText(value)
    else {
      this.varint(Buffer.byteLength(value))
      this.#length += this.#bytes.write(value, this.#length)
    }
  }

  /** Byte by byte while it is ASCII: a call into the runtime takes longer than such a text. */
  #shortText(value: string): void {
    const bytes = this.#bytes
    const start = this.#length + 1
    let written = 0
    for (; written < value.length; written++) {
      const code = value.charCodeAt(written)
      if (code >= 0x80) break
      bytes[start + written] = code
    }
    if (written < value.length) written = bytes.write(value, start)
    bytes[start - 1] = written
    this.#length = start + written
  }

  /** As many empty texts, or zeros. */
  zeros(count: number): void {
    this.#reserve(count)
    this.#bytes.fill(0, this.#length, this.#length + count)
    this.#length += count
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

  /** What was written by another writer. */
  append(other: ByteWriter): void {
    this.raw(other.#bytes.subarray(0, other.#length))
  }

  /** The bytes written, in a buffer of their own, so that a worker can hand it over without copying. */
  finish(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length)
    bytes.set(this.#bytes.subarray(0, this.#length))
    return bytes
  }
}
