import { InputError } from './errors.ts'

export interface CsvRow {
  /** Line of the file on which the row begins, from 1. */
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * RFC 4180: cells in quotation marks may hold separators, line ends and doubled marks; empty lines are passed over, a
 * byte order mark is taken off. Throws InputError for a quotation mark that is never closed: the rest of the file
 * would silently be one cell.
 */
export function parseCsv(text: string, separator = ','): readonly CsvRow[] {
  const rows: CsvRow[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let opened = 0
  let line = 1
  let start = 1
  const endRow = (): void => {
    cells.push(cell)
    if (cells.length > 1 || cell !== '') rows.push({ line: start, cells })
    cells = []
    cell = ''
    start = line + 1
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  for (let i = 0; i < body.length; i++) {
    const char = body[i]! // i is below the length
    if (quoted && char === '"' && body[i + 1] === '"') {
      cell += '"'
      i++
    } else if (char === '"' && (quoted || cell === '')) {
      quoted = !quoted
      opened = line
    } else if (quoted || (char !== separator && char !== '\n' && char !== '\r')) cell += char
    else if (char === separator) {
      cells.push(cell)
      cell = ''
    } else if (char === '\n') endRow()
    if (char === '\n') line++
  }
  if (quoted)
    throw new InputError(`Cannot read CSV: the quotation mark of line ${opened} is never closed`, {
      code: 'csv.unclosed',
      path: `line ${opened}`,
      expected: 'a closing quotation mark',
    })
  endRow()
  return rows
}
