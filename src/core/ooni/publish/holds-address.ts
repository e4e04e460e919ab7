import { parseAddress } from '../../model/address.ts'
import { eraseV6, type AddressesV6 } from '../../model/scrub-address.ts'
import { AddressWords, HOUSEHOLD, SHORTEST_RUN, wantedV4, wantedV6, type Searched } from './address-words.ts'
import { isRecord } from '../decode/decoder.ts'
import { firstGroupOf, householdsOf } from './erase-address.ts'
import { plainLetters } from './plain-letters.ts'

/** Tells whether a document holds an address, in any spelling that docs/formats/collector.md names. */
export type HoldsAddress = (text: string, json: unknown) => boolean

/** Text of compressed bytes (RFC 1952), as far as it is bounded; undefined where they are none. Input: one byte a character. */
export type Unpack = (bytes: string) => string | undefined

/** Base64 of a text of base64: what is deeper inside is not looked for. */
const DEEPEST = 3
const PACKED = '\x1f\x8b'
const PACKED_IN_BASE64 = 'H4sI'

/**
 * A search for one address in documents: their text as received, and the bytes that it holds as base64. `json` is the
 * text parsed. Undefined where the address is none.
 */
export function searchFor(address: string, unpack?: Unpack): HoldsAddress | undefined {
  const bytes = parseAddress(address)
  if (bytes === undefined) return undefined
  const search = new Search(address, bytes, unpack)
  return (text, json) =>
    search.isIn(text, 0) ||
    (BASE64.some((word) => text.includes(word)) && anyBytes(json, (data) => search.isInBase64(data, 1)))
}

class Search {
  readonly #words: AddressWords
  readonly #raw: string
  readonly #rawIsText: boolean
  readonly #letters: RegExp
  readonly #households: AddressesV6 | undefined
  readonly #first: RegExp | undefined
  readonly #unpack: Unpack | undefined

  constructor(address: string, bytes: readonly number[], unpack: Unpack | undefined) {
    const wanted = bytes.length === 4 ? wantedV4(bytes) : wantedV6(bytes)
    this.#words = new AddressWords(wanted)
    this.#raw = String.fromCharCode(...bytes.slice(0, HOUSEHOLD))
    this.#rawIsText = !NO_TEXT.test(this.#raw)
    this.#letters = bytes.length === 4 ? BASE64_OF_DIGITS : BASE64_OF_HEX
    this.#households = householdsOf([address])
    this.#first = this.#households === undefined ? undefined : firstGroupOf(this.#households)
    this.#unpack = unpack
  }

  isIn(text: string, depth: number): boolean {
    const searched = this.#isAsWritten(text, depth)
    return searched === 'found' || (searched === 'veiled' && this.#isAsWritten(plainLetters(text), depth) === 'found')
  }

  #isAsWritten(text: string, depth: number): Searched {
    if (this.#isRawIn(text)) return 'found'
    if (this.#households !== undefined && this.#first?.test(text) !== false)
      if (eraseV6(text, this.#households) !== text) return 'found'
    const inside = (bytes: string): boolean => depth < DEEPEST && this.#isInBytes(bytes, depth + 1)
    return this.#words.isIn(text, {
      base64: (run) => depth < DEEPEST && this.isInBase64(run, depth + 1),
      base32: (word) => inside(bytesOfBase32(word)),
      hex: (word) => inside(bytesOfHex(word)),
    })
  }

  #isInBytes(bytes: string, depth: number): boolean {
    if (this.#isRawIn(bytes)) return true
    if (bytes.startsWith(PACKED)) {
      const text = this.#unpack?.(bytes)
      if (text !== undefined && (this.#isRawIn(text) || this.isIn(text, depth))) return true
    }
    if (!BINARY.test(bytes)) return this.isIn(BEYOND_ASCII.test(bytes) ? utf8Of(bytes) : bytes, depth)
    // No page: a packet, a certificate, or a text with an empty byte in each character.
    return (
      this.#isAsWritten(bytes, depth) === 'found' ||
      (bytes.includes('\0') && this.#isAsWritten(bytes.replaceAll('\0', ''), depth) === 'found')
    )
  }

  /** The bytes of the address as they are; where they could be letters, only next to a byte that is none. */
  #isRawIn(bytes: string): boolean {
    for (let at = bytes.indexOf(this.#raw); at !== -1; at = bytes.indexOf(this.#raw, at + 1)) {
      if (!this.#rawIsText) return true
      if (NO_TEXT.test(bytes.slice(Math.max(0, at - 1), at + this.#raw.length + 1))) return true
    }
    return false
  }

  /** A run as it begins; and where digits of an address may be inside, behind something else, from there. */
  isInBase64(run: string, depth: number): boolean {
    const standard = run.replace(/[-_]/g, (sign) => (sign === '-' ? '+' : '/'))
    if (this.#isInBytes(bytesOfBase64(standard), depth)) return true
    const packed = standard.indexOf(PACKED_IN_BASE64)
    if (packed > 0 && this.#isInBytes(bytesOfBase64(standard.slice(packed)), depth)) return true
    const letters = new RegExp(this.#letters, 'g')
    for (let found = letters.exec(standard); found !== null; found = letters.exec(standard)) {
      if (found.index % 4 === 0) continue // read above
      const begin = Math.max(found.index % 4, found.index - REACH)
      if (this.isIn(bytesOfBase64(standard.slice(begin, found.index + 2 * REACH)), depth)) return true
      letters.lastIndex = found.index + REACH
    }
    return false
  }
}

/** Characters of base64 before and behind a digit of an address in which the rest of it is; a multiple of four. */
const REACH = 32
/** Bytes that occur in no text of one byte or more for each character. */
const BINARY = /[\0-\x08\x0e-\x1f]/
const BEYOND_ASCII = /[\x80-\xff]/
const UTF8 = new TextDecoder()
const utf8Of = (bytes: string): string => UTF8.decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)))
/** Bytes that no text has. */
const NO_TEXT = /[^\t\n\r\x20-\x7e]/
/** Three characters of base64, whole, that are digits and dots; or hexadecimal digits and colons. */
const BASE64_OF_DIGITS = /[L-O][CDSTijyz][AEIMQUYcgk4][uw-z0-5]/
const BASE64_OF_HEX = /[L-OQRYZ][CDEGSTUWijkmyz02][A-Fa-fI-Vh-r0-9g-lYZ48][A-Fh-mw-z0-6]/

/** Bytes of base64, one a character; what is over at the end is left out. */
function bytesOfBase64(run: string): string {
  try {
    return atob(run.length % 4 === 1 ? run.slice(0, -1) : run)
  } catch {
    return ''
  }
}

const bytesOfHex = (word: string): string => {
  let bytes = ''
  for (let at = 0; at + 1 < word.length; at += 2)
    bytes += String.fromCharCode(Number.parseInt(word.slice(at, at + 2), 16))
  return bytes
}

const BASE32_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Bytes of base32 (RFC 4648 §6), one a character. */
function bytesOfBase32(word: string): string {
  let bytes = ''
  let [held, bits] = [0, 0]
  for (const letter of word) {
    held = ((held << 5) | BASE32_LETTERS.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes += String.fromCharCode((held >> bits) & 0xff)
  }
  return bytes
}

/** Words without which a document has no base64 under a key of its own: docs/formats/ooni.md, public form. */
const BASE64 = ['base64', 'raw_response', 'x_first_bytes'] as const

/** Whether a test holds for any base64 of a document that is no run of its text: too short, or broken into lines. */
function anyBytes(value: unknown, test: (data: string) => boolean): boolean {
  if (Array.isArray(value)) return value.some((item) => anyBytes(item, test))
  if (!isRecord(value)) return false
  const { data, format, raw_response: raw, x_first_bytes: first } = value
  for (const bytes of [format === 'base64' ? data : undefined, raw, first])
    if (
      typeof bytes === 'string' &&
      (bytes.length < SHORTEST_RUN || /\s/.test(bytes)) &&
      test(bytes.replace(/\s+/g, ''))
    )
      return true
  for (const name in value) {
    const inner = value[name]
    if (typeof inner === 'object' && inner !== null && anyBytes(inner, test)) return true
  }
  return false
}
