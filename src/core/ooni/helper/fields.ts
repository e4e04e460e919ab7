import { addressFamily } from '../../model/address.ts'
import { canonicalHostname } from '../../model/hostname.ts'
import { InputError } from '../../model/errors.ts'
import { isRecord, type JsonRecord } from '../decode/decoder.ts'

/** Error for a field of a helper's request or answer; it never repeats the value, which may be personal. */
export const wrongField = (path: string, expected: string): InputError =>
  new InputError(`Cannot read test helper message at "${path}": expected ${expected}`, {
    code: 'helper.shape',
    path,
    expected,
  })

/** The value as an object. Throws InputError otherwise. */
export function readObject(value: unknown, path: string): JsonRecord {
  if (!isRecord(value)) throw wrongField(path, 'an object')
  return value
}

/** Field as an object; undefined where absent or null. Throws InputError otherwise. */
export function objectAt(from: JsonRecord, key: string, at: string): JsonRecord | undefined {
  const value = from[key]
  return value === undefined || value === null ? undefined : readObject(value, `${at}/${key}`)
}

/** Field as a list of at most `most`; empty where absent or null. Throws InputError otherwise. */
export function listAt(from: JsonRecord, key: string, at: string, most: number): readonly unknown[] {
  const value = from[key]
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > most) throw wrongField(`${at}/${key}`, `a list of at most ${most}`)
  return value
}

/** The value as a text of at most `most` characters. Throws InputError otherwise. */
export function readText(value: unknown, path: string, most: number): string {
  if (typeof value !== 'string' || value.length > most) throw wrongField(path, `a text of at most ${most} characters`)
  return value
}

/** Field as a text; undefined where absent or null. Throws InputError otherwise. */
export function textAt(from: JsonRecord, key: string, at: string, most: number): string | undefined {
  const value = from[key]
  return value === undefined || value === null ? undefined : readText(value, `${at}/${key}`, most)
}

/** Field as true or false; false where absent or null. Throws InputError otherwise. */
export function flagAt(from: JsonRecord, key: string, at: string): boolean {
  const value = from[key]
  if (value === undefined || value === null) return false
  if (typeof value !== 'boolean') throw wrongField(`${at}/${key}`, 'true or false')
  return value
}

/** Field as a number within bounds; undefined where absent or null. Throws InputError otherwise. */
export function numberAt(
  from: JsonRecord,
  key: string,
  at: string,
  bounds: { readonly least: number; readonly most: number },
): number | undefined {
  const value = from[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !(value >= bounds.least && value <= bounds.most))
    throw wrongField(`${at}/${key}`, `a number from ${bounds.least} to ${bounds.most}`)
  return value
}

/** Field as one of some words. Throws InputError otherwise. */
export function wordAt<Word extends string>(from: JsonRecord, key: string, at: string, words: readonly Word[]): Word {
  const value = from[key]
  const word = words.find((known) => known === value)
  if (word === undefined) throw wrongField(`${at}/${key}`, `one of ${words.join(', ')}`)
  return word
}

/** A host name of DNS in lower case. Throws InputError otherwise, and for an address. */
export function readHost(value: unknown, path: string): string {
  const host = canonicalHostname(readText(value, path, 253))
  const labels = host?.split('.') ?? []
  if (
    host === undefined ||
    addressFamily(host) !== undefined ||
    labels.some((label) => !/^[a-z0-9_-]{1,63}$/.test(label))
  )
    throw wrongField(path, 'a host name')
  return host
}
