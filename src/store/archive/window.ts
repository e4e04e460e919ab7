import type { DiskFile } from '../../runtime/files/disk.ts'

/**
 * Reads a file forward in large pieces and gives out parts of them. The bytes given are valid until the next call.
 * Memory: one piece, or the longest part asked for.
 */
export class Window {
  readonly end: number
  readonly #file: Pick<DiskFile, 'read'>
  readonly #pieceBytes: number
  #piece: Buffer = Buffer.alloc(0)
  #start = 0

  /** `end`: how much of the file may be read, in bytes. */
  constructor(file: Pick<DiskFile, 'read'>, end: number, pieceBytes = 1024 * 1024) {
    this.#file = file
    this.end = end
    this.#pieceBytes = pieceBytes
  }

  /** Gives the bytes from `position` on; fewer than asked for only where the file ends. */
  async at(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.end - position))
    if (position < this.#start || position + wanted > this.#start + this.#piece.length) {
      const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(Math.max(wanted, this.#pieceBytes), this.end - position)))
      const found = await this.#file.read(bytes, position)
      this.#piece = bytes.subarray(0, found)
      this.#start = position
    }
    const from = position - this.#start
    return this.#piece.subarray(from, from + wanted)
  }
}
