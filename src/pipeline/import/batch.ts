import type { Piece, Position } from './read/piece.ts'

/** Bytes of values after which a batch is full: memory stays bounded. */
const ROOM = 4 * 1024 * 1024

/** One value of a batch, in the buffer of the batch; or a piece that is none. */
export type BatchEntry =
  | { readonly kind: 'value'; readonly bytes: Uint8Array<SharedArrayBuffer>; readonly position: Position }
  | Extract<Piece, { kind: 'reject' }>

/**
 * Buffers of batches, shared with the threads that judge them, so that a value is copied once and a thread that has to
 * judge it again still has it. They are used again: megabytes for each batch would be garbage of the costly kind.
 */
export class BatchSlots {
  readonly #free: SharedArrayBuffer[] = []

  /** A buffer for a batch that begins with a value of so many bytes. */
  take(bytes: number): SharedArrayBuffer {
    return bytes > ROOM ? new SharedArrayBuffer(bytes) : (this.#free.pop() ?? new SharedArrayBuffer(ROOM))
  }

  /** It is not read any longer. */
  give(buffer: SharedArrayBuffer): void {
    if (buffer.byteLength === ROOM) this.#free.push(buffer)
  }
}

/** Pieces that are settled together, in their order. */
export class Batch {
  readonly entries: BatchEntry[] = []
  readonly #room: BatchSlots
  #buffer: SharedArrayBuffer | undefined
  #used = 0

  constructor(room: BatchSlots) {
    this.#room = room
  }

  /** Copies a piece into the batch; false where it has no room for it. An empty batch takes any piece. */
  add(piece: Piece): boolean {
    if (piece.kind === 'reject') {
      this.entries.push(piece)
      return true
    }
    const { length } = piece.bytes
    this.#buffer ??= this.#room.take(length)
    if (this.#used + length > this.#buffer.byteLength) return false
    const bytes = new Uint8Array(this.#buffer, this.#used, length)
    bytes.set(piece.bytes)
    this.#used += length
    this.entries.push({ kind: 'value', bytes, position: piece.position })
    return true
  }

  /** Gives the buffer back: the bytes of the entries are no longer valid. */
  release(): void {
    if (this.#buffer !== undefined) this.#room.give(this.#buffer)
    this.#buffer = undefined
  }
}
