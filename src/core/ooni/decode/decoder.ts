import { InputError } from '../../model/errors.ts'
import type { Asn } from '../../model/units.ts'

/** An object of JSON whose fields are not checked yet. */
export interface JsonRecord {
  readonly [key: string]: unknown
}

/**
 * A row while it is made. Decoders pass by the thousand: they write the fields that a row always has once and add
 * the others one by one, because a literal with conditional spreads is copied for each of them.
 */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] }

/** Rows of one list that are read at most; a longer list is refused, so that one file cannot exhaust memory. */
export const MAX_ROWS = 20_000

const describe = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'an object'
        : `a ${typeof value}`

/** Token of a JSON pointer. Source: RFC 6901 §3. */
export const pointerToken = (key: string): string =>
  key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key

/** Error for a field of the wrong shape; it names the kind of what was found, never the value, which may be personal. */
export function wrongShape(path: string, expected: string, found: unknown): InputError {
  return new InputError(`Cannot read measurement at "${path}": expected ${expected}, found ${describe(found)}`, {
    code: 'measurement.shape',
    path,
    expected,
  })
}

/** Error for a field of the right type whose value cannot be. */
export function wrongValue(path: string, expected: string): InputError {
  return new InputError(`Cannot read measurement at "${path}": expected ${expected}`, {
    code: 'measurement.value',
    path,
    expected,
  })
}

/** Fields of a wrong form of the measurement that is being read; undefined while such a field refuses it whole. */
let wrongFields: number | undefined

/**
 * Reads with fields of a wrong form taken for not known, and counts them: what a client of another year or a damaged
 * file wrote in one place says nothing of the others. Reading is synchronous, so one count is enough.
 */
export function countWrongFields<T>(read: () => T): { readonly made: T; readonly wrong: number } {
  const before = wrongFields
  wrongFields = 0
  try {
    const made = read()
    return { made, wrong: wrongFields }
  } finally {
    wrongFields = before
  }
}

/** Fields of a wrong form that were met so far. */
export const wrongSoFar = (): number => wrongFields ?? 0

/** A field of a wrong form is not known; throws the error where nothing may be missing (our own probe's documents). */
export function notKnown(error: InputError): undefined {
  if (wrongFields === undefined) throw error
  wrongFields++
}

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value as an object; not known otherwise. */
export const readRecord = (value: unknown, path: string): JsonRecord | undefined =>
  isRecord(value) ? value : notKnown(wrongShape(path, 'an object', value))

/** Field as an object; undefined where absent, null or of another type. */
export function optionalRecord(from: JsonRecord, key: string, at: string): JsonRecord | undefined {
  const value = from[key]
  return value === undefined || value === null ? undefined : readRecord(value, `${at}/${key}`)
}

/** Field as text; undefined where absent, null or of another type. */
export function optionalText(from: JsonRecord, key: string, at: string): string | undefined {
  const value = from[key]
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return undefined
  return notKnown(wrongShape(`${at}/${key}`, 'text', value))
}

/** Field as a number within ±2^53; undefined where absent, null or something else. */
export function optionalNumber(from: JsonRecord, key: string, at: string): number | undefined {
  const value = from[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') return notKnown(wrongShape(`${at}/${key}`, 'a number', value))
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return notKnown(wrongValue(`${at}/${key}`, 'a number within 2^53'))
  return value
}

/** Field as true or false; undefined where absent, null or of another type. */
export function optionalFlag(from: JsonRecord, key: string, at: string): boolean | undefined {
  const value = from[key]
  if (typeof value === 'boolean') return value
  if (value === undefined || value === null) return undefined
  return notKnown(wrongShape(`${at}/${key}`, 'true or false', value))
}

const NOTHING: readonly unknown[] = []

/** Field as a list; empty where absent, null or of another type. Throws InputError for more than MAX_ROWS. */
export function listOf(from: JsonRecord, key: string, at: string): readonly unknown[] {
  const value = from[key]
  if (value === undefined || value === null) return NOTHING
  if (!Array.isArray(value)) {
    notKnown(wrongShape(`${at}/${key}`, 'a list', value))
    return NOTHING
  }
  if (value.length > MAX_ROWS) throw wrongValue(`${at}/${key}`, `at most ${MAX_ROWS} rows`)
  return value
}

/** Rows of each list whose pointers are remembered. */
const KNOWN_ROWS = 100
const pointers = new Map<string, string[]>()

/**
 * JSON pointers to the first rows of a list right under `test_keys`: the same ones are in every measurement, so
 * they are made once. Only for keys that this program names, never for one that a measurement brings.
 */
function pointersTo(at: string, key: string): string[] | undefined {
  if (at !== '/test_keys') return undefined
  const known = pointers.get(key)
  if (known !== undefined) return known
  const made = Array.from({ length: KNOWN_ROWS }, (_, index) => `/test_keys/${key}/${index}`)
  pointers.set(key, made)
  return made
}

/** Decodes every object of a list; rows that are null or no object are passed over. */
export function rowsOf<Row>(
  from: JsonRecord,
  key: string,
  at: string,
  decode: (row: JsonRecord, source: string) => Row | undefined,
): readonly Row[] {
  const list = listOf(from, key, at)
  if (list.length === 0) return []
  const rows: Row[] = []
  const known = pointersTo(at, key)
  for (let i = 0; i < list.length; i++) {
    const value = list[i]
    if (value === null) continue
    const source = known?.[i] ?? `${at}/${key}/${i}`
    const record = readRecord(value, source)
    const row = record && decode(record, source)
    if (row !== undefined) rows.push(row)
  }
  return rows
}

/** The same of a field that holds one object instead of a list in some versions. */
export function oneOrMany<Row>(
  from: JsonRecord,
  key: string,
  at: string,
  decode: (row: JsonRecord, source: string) => Row | undefined,
): readonly Row[] {
  const value = from[key]
  if (!isRecord(value)) return rowsOf(from, key, at, decode)
  const row = decode(value, `${at}/${key}`)
  return row === undefined ? [] : [row]
}

/** Port number; undefined where absent, null or outside 0 to 65535. */
export function optionalPort(from: JsonRecord, key: string, at: string): number | undefined {
  const value = from[key]
  const port = typeof value === 'string' && /^\d{1,5}$/.test(value) ? Number(value) : optionalNumber(from, key, at)
  if (port === undefined) return undefined
  if (!Number.isInteger(port) || port < 0 || port > 65535) return notKnown(wrongValue(`${at}/${key}`, 'a port number'))
  return port
}

/** Number of a network as answers carry it, bare; undefined where absent, null, 0 or something else. */
export function optionalAsn(from: JsonRecord, key: string, at: string): Asn | undefined {
  const value = optionalNumber(from, key, at)
  if (value === undefined || value === 0) return undefined
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
    return notKnown(wrongValue(`${at}/${key}`, 'a network number'))
  return value as Asn
}
