import { InputError } from '../../model/errors.ts'
import { TAG as CERTIFICATE_TAG } from '../../x509/der-reader.ts'

// DER (X.690 §10), read strictly: one byte of tag, definite and shortest lengths. What is signed or digested is always
// the bytes as they came, never a new encoding of them.

/** One value: where its tag, its content and its end are in the bytes that hold it. */
export interface Der {
  readonly tag: number
  readonly whole: Uint8Array
  readonly content: Uint8Array
}

/** Those of certificates, and older kinds of text that names of time authorities are in. */
export const TAG = { ...CERTIFICATE_TAG, teletexString: 0x14, bmpString: 0x1e } as const

/** Tag of a member by number: `[n]` around a value, or in the place of its tag. */
export const constructed = (n: number): number => 0xa0 | n
export const primitive = (n: number): number => 0x80 | n

/** Values side by side at one level; more are refused. */
const MOST_VALUES = 4096

export const refuseDer = (expected: string): InputError =>
  new InputError(`Cannot read DER: expected ${expected}`, { code: 'der.invalid', path: '', expected })

function readAt(bytes: Uint8Array, at: number): Der {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) throw refuseDer('a tag and a length')
  if ((tag & 0x1f) === 0x1f) throw refuseDer('a tag of one byte')
  const wide = first < 0x80 ? 0 : first & 0x7f
  if (first === 0x80 || wide > 3) throw refuseDer('a definite length below 16 MiB')
  let length = wide === 0 ? first : 0
  for (let i = 0; i < wide; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0)
  if (wide > 0 && (length < 0x80 || length < 2 ** (8 * (wide - 1)))) throw refuseDer('the shortest form of a length')
  const from = at + 2 + wide
  if (from + length > bytes.length) throw refuseDer('as many bytes as a length says')
  return { tag, whole: bytes.subarray(at, from + length), content: bytes.subarray(from, from + length) }
}

/** The one value that fills these bytes. Throws InputError where there is another, or less than one. */
export function readDer(bytes: Uint8Array): Der {
  const value = readAt(bytes, 0)
  if (value.whole.length !== bytes.length) throw refuseDer('nothing behind the value')
  return value
}

/** The values within one. Throws InputError. */
export function members(value: Der): readonly Der[] {
  const found: Der[] = []
  for (let at = 0; at < value.content.length;) {
    const one = readAt(value.content, at)
    found.push(one)
    if (found.length > MOST_VALUES) throw refuseDer(`at most ${MOST_VALUES} values`)
    at += one.whole.length
  }
  return found
}

/** A value, if it is there and has this tag. Throws InputError. */
export function expectTag(value: Der | undefined, tag: number, what: string): Der {
  if (value?.tag === tag) return value
  throw refuseDer(what)
}

/** Members of a sequence. Throws InputError where the value is none. */
export const sequenceOf = (value: Der | undefined, what: string): readonly Der[] =>
  members(expectTag(value, TAG.sequence, what))

/** Reads the members of a sequence one after another. */
export class Members {
  readonly #values: readonly Der[]
  readonly #what: string
  #at = 0

  constructor(values: readonly Der[], what: string) {
    this.#values = values
    this.#what = what
  }

  /** The next member, which has to have this tag. Throws InputError. */
  take(tag: number): Der {
    return expectTag(this.#values[this.#at++], tag, this.#what)
  }

  /** The next member if it has this tag; else none, and it stays the next. */
  takeIf(tag: number): Der | undefined {
    const value = this.#values[this.#at]
    if (value?.tag !== tag) return undefined
    this.#at++
    return value
  }

  /** The next member, of any kind. */
  any(): Der {
    const value = this.#values[this.#at++]
    if (value === undefined) throw refuseDer(this.#what)
    return value
  }

  /** Throws InputError where a member is left. */
  end(): void {
    if (this.#at < this.#values.length) throw refuseDer(this.#what)
  }
}

/** An object identifier in dotted digits. Throws InputError. */
export function readOid(value: Der | undefined): string {
  const { content } = expectTag(value, TAG.oid, 'an object identifier')
  const numbers: bigint[] = []
  let number = 0n
  for (const [at, byte] of content.entries()) {
    if (number === 0n && byte === 0x80) throw refuseDer('the shortest form of an object identifier')
    number = (number << 7n) | BigInt(byte & 0x7f)
    if (number > 2n ** 128n) throw refuseDer('numbers of an object identifier below 2^128')
    if (byte >= 0x80) {
      if (at === content.length - 1) throw refuseDer('a whole object identifier')
      continue
    }
    if (numbers.length === 0) {
      const first = number < 40n ? 0n : number < 80n ? 1n : 2n
      numbers.push(first, number - 40n * first)
    } else numbers.push(number)
    number = 0n
  }
  if (numbers.length === 0) throw refuseDer('an object identifier')
  return numbers.join('.')
}

/** Content of an integer in its shortest form. Throws InputError. */
export function readInteger(value: Der | undefined, tag: number = TAG.integer): Uint8Array {
  const { content } = expectTag(value, tag, 'an integer')
  const [first, second = 0] = content
  if (first === undefined) throw refuseDer('an integer')
  if (content.length > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80))
    throw refuseDer('the shortest form of an integer')
  return content
}

/** A number from 0 to 2^48. Throws InputError. */
export function readSmall(value: Der | undefined, tag: number = TAG.integer): number {
  const content = readInteger(value, tag)
  if ((content[0] ?? 0) >= 0x80 || content.length > 6) throw refuseDer('a number that is not negative')
  return content.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** True or false, of which DER has one form each. Throws InputError. */
export function readBoolean(value: Der | undefined): boolean {
  const { content } = expectTag(value, TAG.boolean, 'true or false')
  if (content.length === 1 && (content[0] === 0 || content[0] === 0xff)) return content[0] === 0xff
  throw refuseDer('true or false')
}

/** Bytes of a bit string without unused bits. Throws InputError. */
export function readWholeBits(value: Der | undefined): Uint8Array {
  const { content } = expectTag(value, TAG.bitString, 'a bit string')
  if (content[0] !== 0) throw refuseDer('a bit string of whole bytes')
  return content.subarray(1)
}

/**
 * Time in milliseconds since 1970, of `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSS[.f]Z`; what is below a millisecond is dropped.
 * Throws InputError for a time that no calendar has. Source: RFC 5280 §4.1.2.5, RFC 3161 §2.4.2.
 */
export function readTime(value: Der, fraction = false): number {
  const text = String.fromCharCode(...value.content.subarray(0, 40))
  const short = value.tag === TAG.utcTime
  if (!short && value.tag !== TAG.generalizedTime) throw refuseDer('a time')
  const match = (short ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})(\.\d{0,8}[1-9])?Z$/).exec(text)
  if (match === null || (match[3] !== undefined && !fraction)) throw refuseDer('a time in UTC')
  const [, year = '', rest = '', parts = ''] = match
  const full = short ? `${Number(year) < 50 ? '20' : '19'}${year}` : year
  const [month, day, hour, minute, second] = rest.match(/../g) ?? []
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}.000Z`
  const at = Date.parse(iso)
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) throw refuseDer('a time that exists')
  return at + Math.floor(Number(`0${parts}`) * 1000)
}

/** Encodes one value. */
export function encodeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const head =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256]
  return Uint8Array.from([tag, ...head, ...parts.flatMap((part) => [...part])])
}

/** A positive integer from its bytes. */
export function encodePositive(bytes: Uint8Array): Uint8Array {
  let from = 0
  while (from < bytes.length - 1 && bytes[from] === 0) from++
  const digits = bytes.subarray(from)
  return encodeDer(TAG.integer, (digits[0] ?? 0) >= 0x80 ? Uint8Array.of(0) : new Uint8Array(), digits)
}

/** An object identifier from its dotted digits. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const bytes = [first * 40n + second, ...rest].flatMap((number) => {
    const digits = [Number(number & 0x7fn)]
    for (let left = number >> 7n; left > 0n; left >>= 7n) digits.unshift(Number(left & 0x7fn) | 0x80)
    return digits
  })
  return encodeDer(TAG.oid, Uint8Array.from(bytes))
}

export const sameContent = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
