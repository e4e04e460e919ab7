import { Fault } from '../../core/model/errors.ts'

/** The rows of an answer as a table: which member of it they are, and which of their members are columns. */
export interface CsvForm {
  readonly rows: string
  /** Paths inside a row such as `start.median_utc`; the header has them with `_` for the dot. */
  readonly columns: readonly string[]
}

/** Header of a column. */
export const columnName = (path: string): string => path.replaceAll('.', '_')

/** The member of a JSON value at a path of names; undefined where there is none. */
const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inside, name) => {
    if (typeof inside !== 'object' || inside === null) return undefined
    return Object.hasOwn(inside, name) ? Reflect.get(inside, name) : undefined
  }, value)

/**
 * A cell for a table program. A text that such a program would run as a formula gets an apostrophe before it: inputs,
 * titles and names come from third parties. Source: OWASP, "CSV Injection". Numbers are ours and stay numbers.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const safe = /^[\s\0]*[=+\-@\uFF0B\uFF0D\uFF1D\uFF20]|^[\t\r\n\0]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) || safe !== safe.trim() ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** RFC 4180 with a header row, in UTF-8 without a byte order mark. Throws Fault where the body has no such rows. */
export function encodeCsv({ rows, columns }: CsvForm, body: object): string {
  const found = at(body, rows)
  if (!Array.isArray(found)) throw new Fault(`Cannot write a table: the answer has no list "${rows}"`)
  const lines = [columns.map(columnName), ...found.map((row) => columns.map((path) => csvCell(at(row, path))))]
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('')
}
