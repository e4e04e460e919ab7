import { readFileSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { COLUMNS, type FileForm, type Table } from '../../site/dataset/columns.ts'
import type { RowChanges } from '../../site/dataset/contract.ts'
import { giveWay, serveCalls } from '../../runtime/serve-calls.ts'
import type { PublishedRow } from '../../store/warehouse/contract.ts'
import { parseRows } from '../../store/warehouse/row-text.ts'
import { compareIndexes, RowIndex } from './row-index.ts'
import { rowValues } from './row-values.ts'
import { TableFiles, type WrittenTable } from './table-files.ts'

/** What the thread is asked to begin. */
export interface BeginTable {
  readonly table: Table
  readonly paths: Readonly<Record<FileForm, string>>
  readonly about: Readonly<Record<string, string>>
  /** Where the index of its rows is written, and where that of the version before is. */
  readonly index: string
  readonly before?: string
}

/** What it wrote, and how that differs from the version before; absent: there was none. */
export interface FinishedTable extends WrittenTable {
  readonly changes?: RowChanges
}

// Readers come first.
giveWay(constants.priority.PRIORITY_LOW)

interface Open {
  readonly begun: BeginTable
  readonly files: TableFiles
  readonly index: RowIndex
}
let open: Open | undefined

/** Operations have no name of their own, and there are many: how they changed follows from their measurements. */
const isIndexed = (table: Table): boolean => table !== 'observations'

serveCalls({
  begin(value) {
    open?.files[Symbol.dispose]()
    const begun = value as BeginTable
    open = {
      begun,
      files: new TableFiles({ paths: begun.paths, columns: COLUMNS[begun.table], about: begun.about }),
      index: new RowIndex(),
    }
    return { value: undefined }
  },
  add(value) {
    if (open === undefined) throw new Error('no table is begun')
    const { files, index, begun } = open
    const given = typeof value === 'string' ? parseRows(value) : (value as readonly PublishedRow[])
    const rows = given.map((row) => rowValues(row, COLUMNS[begun.table]))
    const lines = files.add(rows)
    if (isIndexed(begun.table)) for (const [at, row] of rows.entries()) index.add(String(row[0]), lines[at]!) // as many
    return { value: undefined }
  },
  finish() {
    if (open === undefined) throw new Error('no table is begun')
    const { files, index, begun } = open
    const written = files.finish()
    open = undefined
    if (!isIndexed(begun.table)) return { value: written }
    writeFileSync(begun.index, index.bytes)
    if (begun.before === undefined) return { value: written }
    return { value: { ...written, changes: compareIndexes(readFileSync(begun.before), index.bytes) } }
  },
  abandon() {
    open?.files[Symbol.dispose]()
    open = undefined
    return { value: undefined }
  },
})
