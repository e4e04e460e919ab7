import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { csvCell } from '../../site/api/csv.ts'
import type { Column, ColumnType, FileForm, Value } from '../../site/dataset/columns.ts'
import { HashedFile } from './hashed-file.ts'

/**
 * Rows of one compressed part of a text file, and of one group of a Parquet file. They are part of the format: with
 * other numbers the same rows are other bytes. As many rows as this are in memory.
 */
const PART_ROWS = 4000
const GROUP_ROWS = 20_000

export interface TableFilesOptions {
  /** Paths of the files, which must not be there. */
  readonly paths: Readonly<Record<FileForm, string>>
  readonly columns: readonly Column[]
  /** Named values that a Parquet file has at its end. */
  readonly about: Readonly<Record<string, string>>
}

/** What became of the rows. */
export interface WrittenTable {
  readonly rows: number
  /** Hash of the rows as lines of JSON: the same rows have the same one, by any library that compresses them. */
  readonly rowsSha256: string
  readonly files: Readonly<Record<FileForm, { readonly bytes: number; readonly sha256: string }>>
}

/** The same rows as Parquet, CSV and JSONL, written while they come; the same rows give the same bytes. */
export class TableFiles implements Disposable {
  readonly #columns: readonly Column[]
  readonly #parquet: ParquetRows
  readonly #csv: TextRows
  readonly #jsonl: TextRows
  readonly #lines = createHash('sha256')
  readonly #open = new DisposableStack()
  #rows = 0

  constructor({ paths, columns, about }: TableFilesOptions) {
    this.#columns = columns
    const file = (form: FileForm): HashedFile => this.#open.use(new HashedFile(paths[form]))
    this.#parquet = new ParquetRows(file('parquet'), { columns, about })
    this.#csv = new TextRows(file('csv'))
    this.#jsonl = new TextRows(file('jsonl'))
    this.#csv.head(`${columns.map(({ name }) => name).join(',')}\r\n`)
  }

  /** Adds rows with a value for each column; gives each as a line of JSON. */
  add(rows: readonly (readonly Value[])[]): readonly string[] {
    const lines = rows.map((row) =>
      JSON.stringify(Object.fromEntries(this.#columns.map(({ name }, at) => [name, row[at]]))),
    )
    for (const [at, row] of rows.entries()) {
      const line = `${lines[at]}\n`
      this.#lines.update(line)
      this.#jsonl.add(line)
      this.#csv.add(`${row.map(csvCell).join(',')}\r\n`)
    }
    this.#parquet.add(rows)
    this.#rows += rows.length
    return lines
  }

  finish(): WrittenTable {
    const files = { parquet: this.#parquet.finish(), csv: this.#csv.finish(), jsonl: this.#jsonl.finish() }
    return { rows: this.#rows, rowsSha256: this.#lines.digest('hex'), files }
  }

  [Symbol.dispose](): void {
    this.#open.dispose()
  }
}

/**
 * Lines as gzip in parts of so many lines, one after another: a file of several parts is read as one (RFC 1952, 2.2),
 * and no more than one part is in memory.
 */
class TextRows {
  readonly #file: HashedFile
  #lines: string[] = []
  #head = ''
  #isEmpty = true

  constructor(file: HashedFile) {
    this.#file = file
  }

  /** A first line that is no row. */
  head(line: string): void {
    this.#head = line
  }

  add(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length === PART_ROWS) this.#write()
  }

  finish(): { readonly bytes: number; readonly sha256: string } {
    // Without any row too: a file of no byte is no gzip file.
    if (this.#lines.length > 0 || this.#isEmpty) this.#write()
    return this.#file.finish()
  }

  #write(): void {
    this.#file.write(gzipSync(`${this.#head}${this.#lines.join('')}`))
    this.#head = ''
    this.#lines = []
    this.#isEmpty = false
  }
}

const PARQUET_TYPES = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
} as const satisfies Record<ColumnType, string>

/** A value as the writer takes it for a type. */
function parquetValue(type: ColumnType, value: Value): unknown {
  if (value === null) return undefined
  if (type === 'integer') return BigInt(value)
  return type === 'time' ? new Date(String(value)) : value
}

class ParquetRows {
  readonly #file: HashedFile
  readonly #columns: readonly Column[]
  readonly #bytes = new ByteWriter()
  readonly #writer: ParquetWriter
  #rows: (readonly Value[])[] = []

  constructor(file: HashedFile, { columns, about }: Pick<TableFilesOptions, 'columns' | 'about'>) {
    this.#file = file
    this.#columns = columns
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: schemaFromColumnData({ columnData: this.#columnData() }),
      codec: 'ZSTD',
      compressors: { ZSTD: (bytes) => zstdCompressSync(bytes) },
      kvMetadata: Object.entries(about).map(([key, value]) => ({ key, value })),
      createdBy: 'kuager',
    })
  }

  add(rows: readonly (readonly Value[])[]): void {
    for (const row of rows) {
      this.#rows.push(row)
      if (this.#rows.length === GROUP_ROWS) this.#writeGroup()
    }
  }

  finish(): { readonly bytes: number; readonly sha256: string } {
    if (this.#rows.length > 0) this.#writeGroup()
    void this.#writer.finish()
    this.#flush()
    return this.#file.finish()
  }

  #writeGroup(): void {
    void this.#writer.write({ columnData: this.#columnData(), rowGroupSize: GROUP_ROWS })
    this.#rows = []
    this.#flush()
  }

  #columnData(): { name: string; data: unknown[]; type: (typeof PARQUET_TYPES)[ColumnType]; nullable: boolean }[] {
    return this.#columns.map(({ name, type, nullable = false }, at) => ({
      name,
      type: PARQUET_TYPES[type],
      nullable,
      data: this.#rows.map((row) => parquetValue(type, row[at] ?? null)),
    }))
  }

  /** What the library has written so far goes to the file. */
  #flush(): void {
    this.#file.write(new Uint8Array(this.#bytes.buffer, 0, this.#bytes.index))
    this.#bytes.index = 0
  }
}
