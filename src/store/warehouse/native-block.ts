import { ByteWriter } from './byte-writer.ts'
import {
  DigestColumn,
  ListColumn,
  NumberColumn,
  TextColumn,
  WholeColumn,
  WordColumn,
  type NativeColumn,
  type NumberType,
  type WholeType,
} from './native-columns.ts'

/**
 * One block of ClickHouse's `Native` format without its header: columns one after another, each with name and type.
 * The fastest input there is: measured in docs/decisions/0005-warehouse-in-chdb.md. Rows are filled one after another;
 * what is never set is NULL, or 0, '' and [] where the column cannot be NULL.
 * Source of the format: ClickHouse documentation, "Native" and "LowCardinality"; checked against the engine by tests.
 */
export class NativeBlock {
  #rows: number
  #capacity: number
  readonly #columns: NativeColumn[] = []
  readonly #out = new ByteWriter(4096)

  /** `rows` of them stand from the beginning; `capacity`: how many there are expected to be. */
  constructor(rows: number, capacity = rows) {
    this.#rows = rows
    this.#capacity = Math.max(rows, capacity)
  }

  get rows(): number {
    return this.#rows
  }

  /** One more row at the end; gives its number. */
  addRow(): number {
    if (this.#rows === this.#capacity) {
      this.#capacity = Math.max(64, this.#capacity * 2)
      for (const column of this.#columns) column.reserve(this.#capacity)
    }
    return this.#rows++
  }

  #add<C extends NativeColumn>(column: C): C {
    column.reserve(this.#capacity)
    this.#columns.push(column)
    return column
  }

  numbers(name: string, type: NumberType): NumberColumn {
    return this.#add(new NumberColumn(name, type, false))
  }

  nullableNumbers(name: string, type: NumberType): NumberColumn {
    return this.#add(new NumberColumn(name, type, true))
  }

  wholes(name: string, type: WholeType): WholeColumn {
    return this.#add(new WholeColumn(name, type, false))
  }

  nullableWholes(name: string, type: WholeType): WholeColumn {
    return this.#add(new WholeColumn(name, type, true))
  }

  texts(name: string): TextColumn {
    return this.#add(new TextColumn(name, false))
  }

  nullableTexts(name: string): TextColumn {
    return this.#add(new TextColumn(name, true))
  }

  words(name: string): WordColumn {
    return this.#add(new WordColumn(name, false))
  }

  nullableWords(name: string): WordColumn {
    return this.#add(new WordColumn(name, true))
  }

  digests(name: string): DigestColumn {
    return this.#add(new DigestColumn(name))
  }

  textLists(name: string): ListColumn<string> {
    return this.#add(new ListColumn(name, 'String', (out, text: string) => out.text(text)))
  }

  digestLists(name: string): ListColumn<string> {
    return this.#add(new ListColumn(name, 'FixedString(32)', (out, hex: string) => out.hex(hex)))
  }

  numberLists(name: string): ListColumn<number> {
    return this.#add(new ListColumn(name, 'UInt32', (out, value: number) => out.uint32(value)))
  }

  get columnNames(): string[] {
    return this.#columns.map(({ name }) => name)
  }

  /** The columns as bytes; `blockHead` makes what stands before them. */
  encode(): Uint8Array<ArrayBuffer> {
    const out = this.#out
    out.clear()
    for (const column of this.#columns) {
      out.text(column.name)
      out.text(column.type)
      column.write(out, this.#rows)
    }
    return out.finish()
  }

  /** Starts again without rows, and keeps the room. */
  clear(): void {
    for (const column of this.#columns) column.clear(this.#rows)
    this.#rows = 0
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
