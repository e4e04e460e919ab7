import { TAG, type DerReader } from './der-reader.ts'

/** What is kept of a distinguished name; where it stands, to compare two. */
export interface DerName {
  readonly commonName: string
  readonly organisation: string
  readonly country: string
  readonly from: number
  readonly to: number
}

const COMMON_NAME = 3
const COUNTRY = 6
const ORGANISATION = 10
/** Characters of one value that are kept, escapes included. */
const LONGEST = 300
/** Longer identifiers are cut when printed, and could look like others. */
const LONGEST_OID = 16

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const isTextTag = (byte: number): boolean =>
  byte === TAG.utf8String || byte === TAG.printableString || byte === TAG.ia5String

/** Text of a value: undefined for a kind, or bytes of it, that node:crypto would read in some other way. */
function textOf(tag: number, der: DerReader, to: number): string | undefined {
  if (!isTextTag(tag)) return undefined
  const { bytes, at: from } = der
  let plain = true
  for (let at = from; at < to; at++) {
    const byte = bytes[at]! // at is below the end
    if (byte < 0x20 || byte === 0x7f) return undefined
    plain &&= byte < 0x80
  }
  if (plain) return der.latin(from, to)
  if (tag !== TAG.utf8String) return undefined
  try {
    return UTF8.decode(bytes.subarray(from, to))
  } catch {
    return undefined
  }
}

/** The value as node:crypto prints it. Source: RFC 2253 §2.4. */
const printed = (text: string): string => (/[,+"\\<>;]/.test(text) ? text.replace(/[,+"\\<>;]/g, '\\$&') : text)

/**
 * A name of which every part has one value of a usual kind. The last value of a kind counts, as printed.
 * Source: RFC 5280 §4.1.2.4.
 */
export function readName(der: DerReader, limit: number): DerName {
  const from = der.at
  const to = der.enter(TAG.sequence, limit)
  let commonName = ''
  let organisation = ''
  let country = ''
  while (der.at < to) {
    const part = der.enter(TAG.set, to)
    const pair = der.enter(TAG.sequence, part)
    const oid = der.oid(pair)
    const standard = der.at - oid === 3 && der.bytes[oid] === 0x55 && der.bytes[oid + 1] === 0x04
    const kind = standard ? der.bytes[oid + 2] : 0
    if (der.at - oid > LONGEST_OID) der.giveUp()
    const tag = der.next(pair)
    const end = der.enter(tag, pair)
    const text = textOf(tag, der, end)
    // Blanks and a number sign at the edges are escaped in ways of their own.
    if (text === undefined || text === '' || /^[ #]| $/.test(text)) der.giveUp()
    else if (kind === COMMON_NAME) commonName = printed(text).slice(0, LONGEST)
    else if (kind === ORGANISATION) organisation = printed(text).slice(0, LONGEST)
    else if (kind === COUNTRY) country = printed(text).slice(0, LONGEST)
    der.passTo(end)
    der.leave(pair)
    der.leave(part)
  }
  return { commonName, organisation, country, from, to }
}

/** Whether two names may print alike: the same bytes, but for the kinds of their texts. */
export function sameWhenPrinted(bytes: Uint8Array, one: DerName, other: DerName): boolean {
  if (one.to - one.from !== other.to - other.from) return false
  for (let i = 0; i < one.to - one.from; i++) {
    const left = bytes[one.from + i]! // both names lie within the bytes
    const right = bytes[other.from + i]!
    if (left !== right && !(isTextTag(left) && isTextTag(right))) return false
  }
  return true
}

/** A name for comparing: its bytes, all kinds of text being one. Two that are alike print alike. */
export function nameKey(bytes: Uint8Array, { from, to }: DerName): string {
  let key = ''
  for (let at = from; at < to; at++) {
    const byte = bytes[at]! // the name lies within the bytes
    key += String.fromCharCode(isTextTag(byte) ? TAG.utf8String : byte)
  }
  return key
}
