import { ByteWriter } from './byte-writer.ts'

/**
 * Columns of a block in ClickHouse's `Native` format. They are filled by row number and keep bytes, not values: what
 * was set may be collected at once. What is never set is NULL, or 0, '' and [] where the column cannot be NULL.
 */
export interface NativeColumn {
  readonly name: string
  readonly type: string
  /** Makes room for as many rows, and keeps what was set. */
  reserve(rows: number): void
  /** Forgets what was set in the first `rows` and keeps the room. */
  clear(rows: number): void
  /** The first `rows` of it. */
  write(out: ByteWriter, rows: number): void
}

const ARRAYS = {
  UInt8: Uint8Array,
  UInt16: Uint16Array,
  UInt32: Uint32Array,
  Float64: Float64Array,
} as const
export type NumberType = keyof typeof ARRAYS
type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array

/** 64-bit whole numbers lie as two halves: a BigInt for each row costs more than all the rest. */
export type WholeType = 'UInt64' | 'Int64' | "DateTime64(3, 'UTC')"

/** Which rows of a nullable column are NULL: 1 until they are set. */
class Nulls {
  #flags = new Uint8Array(0)

  reserve(rows: number): void {
    const before = this.#flags
    this.#flags = new Uint8Array(rows).fill(1)
    this.#flags.set(before)
  }

  set(row: number): void {
    this.#flags[row] = 0
  }

  clear(rows: number): void {
    this.#flags.fill(1, 0, rows)
  }

  write(out: ByteWriter, rows: number): void {
    out.raw(this.#flags.subarray(0, rows))
  }
}

const nullsOf = (nullable: boolean): Nulls | undefined => (nullable ? new Nulls() : undefined)
const bytesOf = (values: NumberArray, length: number): Uint8Array =>
  new Uint8Array(values.buffer, 0, length * values.BYTES_PER_ELEMENT)

export class NumberColumn implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #array: (typeof ARRAYS)[NumberType]
  readonly #nulls: Nulls | undefined
  #values: NumberArray

  constructor(name: string, type: NumberType, nullable: boolean) {
    this.name = name
    this.type = nullable ? `Nullable(${type})` : type
    this.#array = ARRAYS[type]
    this.#values = new this.#array(0)
    this.#nulls = nullsOf(nullable)
  }

  reserve(rows: number): void {
    const before = this.#values
    this.#values = new this.#array(rows)
    this.#values.set(before)
    this.#nulls?.reserve(rows)
  }

  /** `undefined` leaves NULL; a boolean is 0 or 1. */
  set(row: number, value: number | boolean | undefined): void {
    if (value === undefined) return
    this.#values[row] = Number(value)
    this.#nulls?.set(row)
  }

  clear(rows: number): void {
    this.#values.fill(0, 0, rows)
    this.#nulls?.clear(rows)
  }

  write(out: ByteWriter, rows: number): void {
    this.#nulls?.write(out, rows)
    out.raw(bytesOf(this.#values, rows))
  }
}

export class WholeColumn implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #nulls: Nulls | undefined
  #halves = new Uint32Array(0)

  constructor(name: string, type: WholeType, nullable: boolean) {
    this.name = name
    this.type = nullable ? `Nullable(${type})` : type
    this.#nulls = nullsOf(nullable)
  }

  reserve(rows: number): void {
    const before = this.#halves
    this.#halves = new Uint32Array(rows * 2)
    this.#halves.set(before)
    this.#nulls?.reserve(rows)
  }

  /** `undefined` leaves NULL; whole numbers up to 2^53 are kept exactly. */
  set(row: number, value: number | undefined): void {
    if (value === undefined) return
    this.#halves[2 * row] = value >>> 0
    this.#halves[2 * row + 1] = Math.floor(value / 2 ** 32)
    this.#nulls?.set(row)
  }

  clear(rows: number): void {
    this.#halves.fill(0, 0, rows * 2)
    this.#nulls?.clear(rows)
  }

  write(out: ByteWriter, rows: number): void {
    this.#nulls?.write(out, rows)
    out.raw(bytesOf(this.#halves, rows * 2))
  }
}

/** Texts follow one another without an index, so rows are set in ascending order. */
export class TextColumn implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #nulls: Nulls | undefined
  readonly #texts = new ByteWriter(1024)
  /** Rows that have their text. */
  #rows = 0

  constructor(name: string, nullable: boolean) {
    this.name = name
    this.type = nullable ? 'Nullable(String)' : 'String'
    this.#nulls = nullsOf(nullable)
  }

  reserve(rows: number): void {
    this.#nulls?.reserve(rows)
  }

  set(row: number, value: string | undefined): void {
    if (value === undefined) return
    if (row > this.#rows) this.#texts.zeros(row - this.#rows)
    this.#texts.text(value)
    this.#rows = row + 1
    this.#nulls?.set(row)
  }

  clear(rows: number): void {
    this.#texts.clear()
    this.#rows = 0
    this.#nulls?.clear(rows)
  }

  write(out: ByteWriter, rows: number): void {
    this.#nulls?.write(out, rows)
    out.append(this.#texts)
    out.zeros(rows - this.#rows)
  }
}

/** LowCardinality(String): a dictionary, then the index of each row. */
export class WordColumn implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #nullable: boolean
  readonly #words = new Map<string, number>()
  readonly #texts = new ByteWriter(256)
  #indexes = new Uint32Array(0)
  /** Index 0 stands for NULL, or for the empty string. */
  #next = 1
  /** The word of the row before, mostly that of the next one: comparing is cheaper than looking up. */
  #last: string | undefined
  #lastIndex = 0

  constructor(name: string, nullable: boolean) {
    this.name = name
    this.type = nullable ? 'LowCardinality(Nullable(String))' : 'LowCardinality(String)'
    this.#nullable = nullable
    this.clear(0)
  }

  reserve(rows: number): void {
    const before = this.#indexes
    this.#indexes = new Uint32Array(rows)
    this.#indexes.set(before)
  }

  set(row: number, value: string | undefined): void {
    if (value === undefined) return
    if (value !== this.#last) {
      this.#last = value
      this.#lastIndex = this.#indexOf(value)
    }
    this.#indexes[row] = this.#lastIndex
  }

  #indexOf(word: string): number {
    const known = this.#words.get(word)
    if (known !== undefined) return known
    this.#words.set(word, this.#next)
    this.#texts.text(word)
    return this.#next++
  }

  clear(rows: number): void {
    this.#words.clear()
    if (!this.#nullable) this.#words.set('', 0)
    this.#texts.clear()
    this.#next = 1
    this.#last = undefined
    this.#indexes.fill(0, 0, rows)
  }

  write(out: ByteWriter, rows: number): void {
    if (rows === 0) return
    const size = this.#next <= 0x100 ? 0 : this.#next <= 0x1_0000 ? 1 : 2
    out.uint64(1) // version of the key serialization
    out.uint64(size | (1 << 9) | (1 << 10)) // width of an index, own keys follow, dictionary is new
    out.uint64(this.#next)
    out.text('')
    out.append(this.#texts)
    out.uint64(rows)
    const wide = this.#indexes.subarray(0, rows)
    const indexes = size === 0 ? new Uint8Array(wide) : size === 1 ? new Uint16Array(wide) : wide.slice()
    out.raw(bytesOf(indexes, rows))
  }
}

/** SHA-256 as 32 bytes, given as hexadecimal digits. */
export class DigestColumn implements NativeColumn {
  readonly name: string
  readonly type = 'FixedString(32)'
  #bytes = Buffer.alloc(0)

  constructor(name: string) {
    this.name = name
  }

  reserve(rows: number): void {
    const before = this.#bytes
    this.#bytes = Buffer.alloc(rows * 32)
    this.#bytes.set(before)
  }

  set(row: number, value: string): void {
    this.#bytes.write(value, row * 32, 32, 'hex')
  }

  clear(rows: number): void {
    this.#bytes.fill(0, 0, rows * 32)
  }

  write(out: ByteWriter, rows: number): void {
    out.raw(this.#bytes.subarray(0, rows * 32))
  }
}

/** Lists lie without an index as well: rows are set in ascending order, the items of a row one after another. */
export class ListColumn<T> implements NativeColumn {
  readonly name: string
  readonly type: string
  readonly #items = new ByteWriter(1024)
  readonly #item: (out: ByteWriter, value: T) => void
  #counts = new Uint32Array(0)

  constructor(name: string, item: string, write: (out: ByteWriter, value: T) => void) {
    this.name = name
    this.type = `Array(${item})`
    this.#item = write
  }

  reserve(rows: number): void {
    const before = this.#counts
    this.#counts = new Uint32Array(rows)
    this.#counts.set(before)
  }

  /** Adds one item to the list of a row. */
  push(row: number, item: T): void {
    this.#item(this.#items, item)
    this.#counts[row]!++ // every row has room
  }

  set(row: number, items: readonly T[]): void {
    for (const item of items) this.push(row, item)
  }

  clear(rows: number): void {
    this.#items.clear()
    this.#counts.fill(0, 0, rows)
  }

  write(out: ByteWriter, rows: number): void {
    const halves = new Uint32Array(rows * 2) // ends as 64-bit numbers; a block has fewer than 2^32 items
    let end = 0
    for (let row = 0; row < rows; row++) halves[2 * row] = end += this.#counts[row]! // every row has room
    out.raw(bytesOf(halves, rows * 2))
    out.append(this.#items)
  }
}
