import { ByteWriter } from './byte-writer.ts'

/**
 * One block of ClickHouse's `Native` format without its header: columns one after another, each with name and type.
 * The fastest input there is: measured in docs/decisions/0005-warehouse-in-chdb.md. Columns are filled by row number;
 * what is never set is NULL, or 0, '' and [] where the column cannot be NULL.
 * Source of the format: ClickHouse documentation, "Native" and "LowCardinality"; checked against the engine by tests.
 */
export class NativeBlock {
  readonly rows: number
  readonly #columns: Column[] = []

  constructor(rows: number) {
    this.rows = rows
  }

  #add<C extends Column>(column: C): C {
    this.#columns.push(column)
    return column
  }

  numbers(name: string, type: NumberType): NumberColumn {
    return this.#add(new NumberColumn(name, type, this.rows, false))
  }

  nullableNumbers(name: string, type: NumberType): NumberColumn {
    return this.#add(new NumberColumn(name, type, this.rows, true))
  }

  texts(name: string): TextColumn {
    return this.#add(new TextColumn(name, this.rows, false))
  }

  nullableTexts(name: string): TextColumn {
    return this.#add(new TextColumn(name, this.rows, true))
  }

  words(name: string): WordColumn {
    return this.#add(new WordColumn(name, this.rows, false))
  }

  nullableWords(name: string): WordColumn {
    return this.#add(new WordColumn(name, this.rows, true))
  }

  digests(name: string): DigestColumn {
    return this.#add(new DigestColumn(name, this.rows))
  }

  textLists(name: string): ListColumn<string> {
    return this.#add(new ListColumn(name, 'String', this.rows, (out, text: string) => out.text(text)))
  }

  digestLists(name: string): ListColumn<string> {
    return this.#add(new ListColumn(name, 'FixedString(32)', this.rows, (out, hex: string) => out.hex(hex)))
  }

  numberLists(name: string): ListColumn<number> {
    return this.#add(new ListColumn(name, 'UInt32', this.rows, (out, value: number) => out.raw(uint32(value))))
  }

  get columnNames(): string[] {
    return this.#columns.map(({ name }) => name)
  }

  /** The columns as bytes; `blockHead` makes what stands  before them. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = new ByteWriter(4096 + this.rows * 8 * this.#columns.length)
    for (const column of this.#columns) {
      out.text(column.name)
      out.text(column.type)
      column.write(out)
    }
    return out.finish()
  }
}

/** Header and a first UInt64 column with one value in every row: all that `encode` leaves out. */
export function blockHead(columns: number, rows: number, first: { name: string; value: number }): Uint8Array {
  const out = new ByteWriter(64 + rows * 8)
  out.varint(columns + 1)
  out.varint(rows)
  out.text(first.name)
  out.text('UInt64')
  out.raw(new Uint8Array(BigUint64Array.from({ length: rows }, () => BigInt(first.value)).buffer))
  return out.finish()
}

interface Column {
  readonly name: string
  readonly type: string
  write(out: ByteWriter): void
}

const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer)

/** 64-bit whole numbers lie as two halves: a BigInt for each row costs more than all the rest. */
const ARRAYS = {
  UInt8: Uint8Array,
  UInt16: Uint16Array,
  UInt32: Uint32Array,
  UInt64: 'halves',
  Int64: 'halves',
  Float64: Float64Array,
  "DateTime64(3, 'UTC')": 'halves',
} as const
type NumberType = keyof typeof ARRAYS

class NumberColumn implements Column {
  readonly name: string
  readonly type: string
  readonly #values: Uint8Array | Uint16Array | Uint32Array | Float64Array
  readonly #halves: boolean
  readonly #nulls: Uint8Array | undefined

  constructor(name: string, type: NumberType, rows: number, nullable: boolean) {
    this.name = name
    this.type = nullable ? `Nullable(${type})` : type
    const array = ARRAYS[type]
    this.#halves = array === 'halves'
    this.#values = array === 'halves' ? new Uint32Array(rows * 2) : new array(rows)
    if (nullable) this.#nulls = new Uint8Array(rows).fill(1)
  }

  /** `undefined` leaves NULL; a boolean is 0 or 1; 64-bit columns keep whole numbers up to 2^53 exactly. */
  set(row: number, value: number | boolean | undefined): void {
    if (value === undefined) return
    const number = Number(value)
    if (this.#halves) {
      this.#values[2 * row] = number >>> 0
      this.#values[2 * row + 1] = Math.floor(number / 2 ** 32)
    } else this.#values[row] = number
    if (this.#nulls !== undefined) this.#nulls[row] = 0
  }

  write(out: ByteWriter): void {
    if (this.#nulls !== undefined) out.raw(this.#nulls)
    out.raw(new Uint8Array(this.#values.buffer))
  }
}

class TextColumn implements Column {
  readonly name: string
  readonly type: string
  readonly #values: (string | undefined)[]
  readonly #nullable: boolean

  constructor(name: string, rows: number, nullable: boolean) {
    this.name = name
    this.type = nullable ? 'Nullable(String)' : 'String'
    this.#values = Array.from({ length: rows })
    this.#nullable = nullable
  }

  set(row: number, value: string | undefined): void {
    this.#values[row] = value
  }

  write(out: ByteWriter): void {
    if (this.#nullable) out.raw(Uint8Array.from(this.#values, (value) => (value === undefined ? 1 : 0)))
    for (const value of this.#values) out.text(value ?? '')
  }
}

/** LowCardinality(String): a dictionary, then the index of each row. */
class WordColumn implements Column {
  readonly name: string
  readonly type: string
  readonly #rows: Uint32Array
  readonly #words = new Map<string, number>()
  /** Index 0 stands for NULL, or for the empty string. */
  #next = 1

  constructor(name: string, rows: number, nullable: boolean) {
    this.name = name
    this.type = nullable ? 'LowCardinality(Nullable(String))' : 'LowCardinality(String)'
    this.#rows = new Uint32Array(rows)
    if (!nullable) this.#words.set('', 0)
  }

  set(row: number, value: string | undefined): void {
    if (value === undefined) return
    let index = this.#words.get(value)
    if (index === undefined) {
      index = this.#next++
      this.#words.set(value, index)
    }
    this.#rows[row] = index
  }

  write(out: ByteWriter): void {
    if (this.#rows.length === 0) return
    const size = this.#next <= 0x100 ? 0 : this.#next <= 0x1_0000 ? 1 : 2
    out.uint64(1) // version of the key serialization
    out.uint64(size | (1 << 9) | (1 << 10)) // width of an index, own keys follow, dictionary is new
    out.uint64(this.#next)
    out.text('')
    for (const [word, index] of this.#words) if (index !== 0) out.text(word)
    out.uint64(this.#rows.length)
    const indexes = size === 0 ? Uint8Array.from(this.#rows) : size === 1 ? Uint16Array.from(this.#rows) : this.#rows
    out.raw(new Uint8Array(indexes.buffer))
  }
}

/** SHA-256 as 32 bytes, given as hexadecimal digits. */
class DigestColumn implements Column {
  readonly name: string
  readonly type = 'FixedString(32)'
  readonly #values: string[]

  constructor(name: string, rows: number) {
    this.name = name
    this.#values = Array<string>(rows).fill('00'.repeat(32))
  }

  set(row: number, value: string): void {
    this.#values[row] = value
  }

  write(out: ByteWriter): void {
    for (const value of this.#values) out.hex(value)
  }
}

class ListColumn<T> implements Column {
  readonly name: string
  readonly type: string
  readonly #values: (readonly T[])[]
  readonly #item: (out: ByteWriter, value: T) => void

  constructor(name: string, item: string, rows: number, write: (out: ByteWriter, value: T) => void) {
    this.name = name
    this.type = `Array(${item})`
    this.#values = Array<readonly T[]>(rows).fill([])
    this.#item = write
  }

  set(row: number, value: readonly T[]): void {
    this.#values[row] = value
  }

  write(out: ByteWriter): void {
    let end = 0
    for (const value of this.#values) out.uint64((end += value.length))
    for (const value of this.#values) for (const item of value) this.#item(out, item)
  }
}
