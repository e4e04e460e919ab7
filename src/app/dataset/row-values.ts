import { formatInstantUtc, instant } from '../../core/model/units.ts'
import { Fault } from '../../core/model/errors.ts'
import type { Column, Value } from '../../site/dataset/columns.ts'

/** Columns that a row of the warehouse has under another name. */
const SOURCES: Readonly<Record<string, string>> = { started_at_utc: 'at', operation: 'kind' }

/**
 * A row of the warehouse, or of incidents, as values in the order of the columns. Only what a column names is taken.
 * Throws Fault for a value that is not of its column's type, or absent where it may not be.
 */
export const rowValues = (row: Readonly<Record<string, unknown>>, columns: readonly Column[]): readonly Value[] =>
  columns.map((column) => {
    const value = valueOf(
      row[column.name] === undefined ? row[SOURCES[column.name] ?? column.name] : row[column.name],
      column,
    )
    if (value !== null || column.nullable === true) return value
    throw new Fault(`Cannot write a row: its column ${column.name} is empty`)
  })

function valueOf(given: unknown, { name, type, nullable }: Column): Value {
  if (given === null || given === undefined) return null
  switch (type) {
    case 'time':
      if (typeof given === 'number') return formatInstantUtc(instant(given))
      if (typeof given === 'string') return given
      break
    case 'boolean':
      if (given === 0 || given === 1) return given === 1
      if (typeof given === 'boolean') return given
      break
    case 'text':
      // An empty text of the tables is "not recorded", where a column may be empty.
      if (typeof given === 'string') return given === '' && nullable === true ? null : given
      if (Array.isArray(given)) return given.length === 0 ? null : given.join(' ')
      break
    case 'integer':
      if (Number.isSafeInteger(given)) return Number(given)
      break
    case 'number':
      if (typeof given === 'number' && Number.isFinite(given)) return given
  }
  throw new Fault(`Cannot write a row: its column ${name} holds ${JSON.stringify(given)}`)
}
