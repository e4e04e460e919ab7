import { randomBytes } from 'node:crypto'
import { ID_BYTES } from '../record.ts'

/** Leaves per chunk: 2 MiB of ids. */
const CHUNK = 65_536
const ZERO = Buffer.alloc(ID_BYTES)

/**
 * Where each of the newest leaves is and which of them an id has, in memory: 32 bytes of id and 4 of offset per leaf in
 * chunks, and a table of slots with open addressing, filled to two thirds at most. `heldBytes` says how much;
 * bench/archive.ts prints it.
 *
 * An attacker picks measurements and so their ids: slots are taken by a keyed product, so that the attacker cannot make
 * chains.
 */
export class IdIndex {
  readonly #ids: Buffer[] = []
  readonly #offsets: Uint32Array[] = []
  readonly #seed = randomBytes(8)
  readonly #odd = this.#seed.readUInt32BE(0) | 1
  readonly #mask = this.#seed.readUInt32BE(4)
  #slots = new Uint32Array(1024)
  #held = 0
  /** The first leaf that is here. */
  readonly first: number

  constructor(first = 0) {
    this.first = first
  }

  /** Number of leaves, the erased ones and those before the first one here included. */
  get size(): number {
    return this.first + this.#held
  }

  /** Number of leaves that are here. */
  get held(): number {
    return this.#held
  }

  /** Bytes of memory held. */
  get heldBytes(): number {
    return this.#ids.length * CHUNK * (ID_BYTES + 4) + this.#slots.byteLength
  }

  /** Adds the next leaf; `offset` in its segment, below 2^32. An erased leaf has an id of zeros. */
  push(id: Uint8Array, offset: number): number {
    const nth = this.#held
    if (nth % CHUNK === 0) {
      this.#ids.push(Buffer.alloc(CHUNK * ID_BYTES))
      this.#offsets.push(new Uint32Array(CHUNK))
    }
    this.#idAt(nth).set(id)
    this.#offsets[Math.floor(nth / CHUNK)]![nth % CHUNK] = offset // the chunk was made above
    this.#held++
    if (this.#held * 3 > this.#slots.length * 2) this.#grow()
    else if (!ZERO.equals(id)) this.#place(nth)
    return this.first + nth
  }

  leafOf(id: Uint8Array): number | undefined {
    if (ZERO.equals(id)) return undefined
    const mask = this.#slots.length - 1
    for (let slot = this.#hash(id) & mask; ; slot = (slot + 1) & mask) {
      const taken = this.#slots[slot]! // the mask keeps it inside
      if (taken === 0) return undefined
      if (this.#idAt(taken - 1).equals(id)) return this.first + taken - 1
    }
  }

  idOf(leaf: number): Buffer {
    return this.#idAt(leaf - this.first)
  }

  offsetOf(leaf: number): number {
    const nth = leaf - this.first
    return this.#offsets[Math.floor(nth / CHUNK)]![nth % CHUNK]! // callers ask for leaves that are here only
  }

  /** Ids of all leaves here, one after another in buffers; zeros of erased ones. */
  get ids(): readonly Buffer[] {
    return this.#ids.map((chunk, nth) => chunk.subarray(0, Math.min(CHUNK, this.#held - nth * CHUNK) * ID_BYTES))
  }

  isErased(leaf: number): boolean {
    return this.idOf(leaf).equals(ZERO)
  }

  /** Forgets the id of a leaf; its slot stays taken, so that chains through it hold. */
  erase(leaf: number): void {
    this.idOf(leaf).fill(0)
  }

  #idAt(nth: number): Buffer {
    const from = (nth % CHUNK) * ID_BYTES
    return this.#ids[Math.floor(nth / CHUNK)]!.subarray(from, from + ID_BYTES) // callers ask for leaves that are here only
  }

  #hash(id: Uint8Array): number {
    const first = (id[0]! << 24) | (id[1]! << 16) | (id[2]! << 8) | id[3]! // ids are 32 bytes
    const second = (id[4]! << 24) | (id[5]! << 16) | (id[6]! << 8) | id[7]! // ids are 32 bytes
    const mixed = Math.imul(first ^ this.#mask, this.#odd) ^ Math.imul(second, this.#odd ^ 0x9e3779b8)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }

  #place(nth: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hash(this.#idAt(nth)) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = nth + 1
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2)
    for (let nth = 0; nth < this.#held; nth++) if (!ZERO.equals(this.#idAt(nth))) this.#place(nth)
  }
}
