import { InputError } from '../model/errors.ts'

/** Deeper values than this are refused: nothing we sign or hash is nested like that. */
const MAX_DEPTH = 64

const refuse = (code: string, path: string, expected: string, found: string): InputError =>
  new InputError(`Cannot write canonical JSON at "${path}": found ${found}`, { code, path, expected })

/**
 * Gives the one text of a JSON value by RFC 8785 (JSON Canonicalization Scheme): members sorted by UTF-16 code units,
 * no white space, numbers and strings as ECMAScript writes them.
 *
 * Throws InputError where two programs might read different values: lone surrogates, numbers that are not finite,
 * integers beyond 2^53, undefined, functions, symbols, bigints, objects that are not plain, nesting beyond 64.
 * An absent member is left out of the object by its maker, never given as undefined.
 */
export const encodeCanonical = (value: unknown): string => encode(value, '', 0)

function encode(value: unknown, path: string, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return encodeString(value, path)
  if (typeof value === 'number') return encodeNumber(value, path)
  if (typeof value !== 'object') throw refuse('canonical.type', path, 'a JSON value', typeof value)
  if (depth === MAX_DEPTH) throw refuse('canonical.depth', path, `at most ${MAX_DEPTH} levels`, 'a deeper value')
  if (Array.isArray(value)) {
    const parts: string[] = []
    for (let index = 0; index < value.length; index++) parts.push(encode(value[index], `${path}/${index}`, depth + 1))
    return `[${parts.join(',')}]`
  }
  return encodeObject(value, path, depth)
}

function encodeObject(value: object, path: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && prototype !== Object.prototype)
    throw refuse('canonical.type', path, 'a plain object', 'an object of a class')
  const members = Object.entries(value)
  // The comparison of strings is by UTF-16 code units, which is the order of RFC 8785 §3.2.3.
  members.sort(([a], [b]) => (a < b ? -1 : 1))
  const parts = members.map(([name, member]) => {
    const at = `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    return `${encodeString(name, at)}:${encode(member, at, depth + 1)}`
  })
  return `{${parts.join(',')}}`
}

function encodeString(value: string, path: string): string {
  if (!value.isWellFormed()) throw refuse('canonical.surrogate', path, 'well-formed Unicode', 'a lone surrogate')
  return JSON.stringify(value)
}

function encodeNumber(value: number, path: string): string {
  if (!Number.isFinite(value)) throw refuse('canonical.number', path, 'a finite number', String(value))
  if (Number.isInteger(value) && Math.abs(value) > Number.MAX_SAFE_INTEGER)
    throw refuse('canonical.number', path, 'an integer within 2^53', String(value))
  return JSON.stringify(value)
}
