import { parseCsv } from '../../model/csv.ts'

/** A row of an answer or a table: its cells by name. */
export interface FormRow {
  /** Where it is: `line 12` of a table, `row 3` of an answer. */
  readonly place: string
  readonly cells: Readonly<Record<string, unknown>>
}

/** A row that could not be read; the rest of the file is used. */
export interface FormReject {
  readonly place: string
  readonly message: string
}

/** What a file holds before its form is known. */
export type FileContent =
  | { readonly kind: 'json'; readonly value: unknown }
  | {
      readonly kind: 'rows'
      readonly names: readonly string[]
      readonly rows: readonly FormRow[]
      readonly rejects: readonly FormReject[]
    }

/** Google answers with this before its JSON, so that no script runs it. */
const GUARD = /^\)\]\}'\s*/

/**
 * Reads a file as one JSON value, as JSON lines (also ClickHouse's JSONEachRow), or as a table with a head line. A line
 * of JSON that cannot be read is given back. Throws InputError as `parseCsv`.
 */
export function readContent(text: string): FileContent {
  const body = text.replace(/^\uFEFF/, '').replace(GUARD, '')
  if (!/^\s*[[{]/.test(body)) return readTable(body)
  const whole = tryJson(body)
  return whole === undefined ? readLines(body) : { kind: 'json', value: whole.value }
}

function tryJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

function readLines(body: string): FileContent {
  const rows: FormRow[] = []
  const rejects: FormReject[] = []
  for (const [i, line] of body.split('\n').entries()) {
    if (line.trim() === '') continue
    const place = `line ${i + 1}`
    const value = tryJson(line)?.value
    if (isObject(value)) rows.push({ place, cells: value })
    else rejects.push({ place, message: 'no JSON object' })
  }
  return { kind: 'rows', names: Object.keys(rows[0]?.cells ?? {}), rows, rejects }
}

/** The separator that the head line holds most of. */
export function separatorOf(text: string): string {
  const head = /^[^\n]*/.exec(text)?.[0] ?? ''
  const count = (separator: string): number => head.split(separator).length
  return [',', ';', '\t'].reduce((most, separator) => (count(separator) > count(most) ? separator : most))
}

function readTable(body: string): FileContent {
  const [head, ...rest] = parseCsv(body, separatorOf(body))
  const names = (head?.cells ?? []).map((cell) => cell.trim().toLowerCase())
  const rows = rest.map(({ line, cells }) => ({
    place: `line ${line}`,
    cells: Object.fromEntries(names.map((name, i) => [name, (cells[i] ?? '').trim()])),
  }))
  return { kind: 'rows', names, rows, rejects: [] }
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Items of an array as rows; what is no object is given back. */
export function rowsOfItems(items: readonly unknown[]): {
  readonly rows: readonly FormRow[]
  readonly rejects: readonly FormReject[]
} {
  const rows: FormRow[] = []
  const rejects: FormReject[] = []
  for (const [i, item] of items.entries()) {
    const place = `row ${i + 1}`
    if (isObject(item)) rows.push({ place, cells: item })
    else rejects.push({ place, message: 'no JSON object' })
  }
  return { rows, rejects }
}

/** A cell as text: what is not there, and null, are the empty text. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
}

const NOT_GIVEN: ReadonlySet<string> = new Set(['', 'null', 'none', 'nan', 'n/a', '\\n'])

/** A cell as a number; undefined where none is given. NaN where something else is. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value
  const text = textOf(value)
  if (NOT_GIVEN.has(text.toLowerCase())) return undefined
  return /^[+-]?(\d+(?:\.\d*)?|\.\d+)(e[+-]?\d+)?%?$/i.test(text) ? Number(text.replace('%', '')) : Number.NaN
}
