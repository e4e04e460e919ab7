import type { Row } from './engine.ts'

/**
 * Rows out of ClickHouse's JSONCompactEachRowWithNames: one JSON array a line, the names of the columns first, half the
 * bytes of objects.
 */
export function parseRows(text: string): readonly Row[] {
  const [names, ...lines] = JSON.parse(`[${text.trimEnd().replaceAll('\n', ',')}]`) as readonly (readonly unknown[])[]
  if (names === undefined) return []
  const keys = names.map(String)
  return lines.map((values) => {
    const row: Record<string, unknown> = {}
    for (let i = 0; i < keys.length; i++) row[keys[i]!] = values[i] // i is in the list
    return row
  })
}

/** How many rows a text has, and the last of them, without reading the others. */
export function endOfRows(text: string): { readonly rows: number; readonly last?: Row } {
  const lines = text.trimEnd()
  let rows = 0
  for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) rows++
  if (rows === 0) return { rows }
  const [last] = parseRows(`${lines.slice(0, lines.indexOf('\n'))}${lines.slice(lines.lastIndexOf('\n'))}`)
  return last === undefined ? { rows } : { rows, last }
}
