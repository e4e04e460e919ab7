import type { Instant } from '../../core/model/units.ts'

/** Columns padded to their widest cell, two spaces between, no space at the end. */
export const table = (rows: readonly (readonly string[])[]): string =>
  padded(rows)
    .map((row) => `${row.trimEnd()}\n`)
    .join('')

/** The same without line feeds, each row padded to the same width and two spaces after it. */
export function padded(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, [...cell].length)
  const pad = (cell: string, i: number): string => `${cell}${' '.repeat((widths[i] ?? 0) - [...cell].length)}  `
  return rows.map((row) => row.map(pad).join(''))
}

/** `2025-01-15 17:05` in UTC, which every reader of a terminal can sort and compare. */
export const utcMinute = (at: Instant): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
