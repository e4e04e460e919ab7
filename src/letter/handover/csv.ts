/** Mark of UTF-8 before the first cell, by which Excel knows the encoding. */
export const BOM = '\ufeff'

/**
 * A cell as it may appear in a table that is opened by a program which takes some texts for formulas: what begins with
 * `= + - @`, a tab or a line break, also behind spaces or in their wide forms, gets an apostrophe before it. Source:
 * OWASP, "CSV Injection".
 */
export const guardCell = (text: string): string =>
  /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20|%\t\r\n]/u.test(text) ? `'${text}` : text

/** One line of a table (RFC 4180): every cell in quotation marks, none a formula. */
export const encodeRow = (cells: readonly string[]): string =>
  `${cells.map((cell) => `"${guardCell(cell).replaceAll('"', '""')}"`).join(',')}\r\n`

/**
 * Rows of a table as RFC 4180 has it, with or without quotation marks; undefined where a quotation mark stands open.
 */
export function decodeRows(text: string): readonly (readonly string[])[] | undefined {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
  cell.lastIndex = text.startsWith(BOM) ? BOM.length : 0
  while (cell.lastIndex < text.length || row.length > 0) {
    const found = cell.exec(text)
    if (found === null) return undefined
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '')
    if (found[3] === ',') continue
    rows.push(row)
    row = []
  }
  return rows
}
