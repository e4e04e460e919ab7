import { hexText, TAG, type DerReader } from './der-reader.ts'

/** Names that are read of one certificate. */
export const MAX_NAMES = 500

/** Last number of the identifiers under 2.5.29. Source: RFC 5280 §4.2.1. */
const SUBJECT_KEY_ID = 14
const KEY_USAGE = 15
const ALTERNATIVE_NAME = 17
const BASIC_CONSTRAINTS = 19
const DISTRIBUTION_POINTS = 31
const POLICIES = 32
const AUTHORITY_KEY_ID = 35
const EXTENDED_KEY_USAGE = 37
const AUTHORITY_ACCESS = [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x01]
const TIMESTAMPS = [0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x04, 0x02]
/** Context-specific tags of a general name. Source: RFC 5280 §4.2.1.6. */
const DNS_NAME = 0x82
const URI = 0x86
const IP_ADDRESS = 0x87
const KEY_CERT_SIGN = 0x04

/** What is kept of the extensions while they are walked. */
interface Found {
  names: string[]
  isAuthority: boolean
  maySign: boolean
  /** Identifiers of its own key and of its issuer's, hexadecimal; '' where it gives none. */
  ownKey: string
  issuerKey: string
  /** node:crypto calls no certificate an authority that has a broken extension: all of them must be known here. */
  allKnown: boolean
}

/** Characters of host names that node:crypto prints as they are. */
const isPlain = (byte: number): boolean =>
  (byte >= 0x61 && byte <= 0x7a) || // a to z
  (byte >= 0x2d && byte <= 0x39 && byte !== 0x2f) || // - . 0 to 9
  (byte >= 0x41 && byte <= 0x5a) || // A to Z
  byte === 0x2a || // *
  byte === 0x5f // _

function hostName(der: DerReader, end: number): string {
  const { bytes, at: start } = der
  if (start === end) der.giveUp()
  for (let at = start; at < end; at++) if (!isPlain(bytes[at]!)) der.giveUp() // at is below the end
  return der.latin(start, end)
}

function addressText(der: DerReader, end: number): string {
  const { bytes, at } = der
  if (end - at === 4) return bytes.subarray(at, end).join('.')
  if (end - at !== 16) der.giveUp()
  const groups: string[] = []
  // sixteen bytes, two for each group
  for (let i = at; i + 1 < end; i += 2) groups.push(((bytes[i]! << 8) | bytes[i + 1]!).toString(16).toUpperCase())
  return groups.join(':')
}

function readNames(der: DerReader, limit: number, found: Found): void {
  const end = der.enter(TAG.sequence, limit)
  while (der.at < end) {
    const tag = der.next(end)
    const to = der.enter(tag, end)
    const name = tag === DNS_NAME ? hostName(der, to) : tag === IP_ADDRESS ? addressText(der, to) : undefined
    if (name === undefined) der.giveUp()
    else if (found.names.length < MAX_NAMES) found.names.push(name)
    der.passTo(to)
  }
}

/** Whether it is an authority; a limit of the path's length is one byte. Source: RFC 5280 §4.2.1.9. */
function readConstraints(der: DerReader, limit: number, found: Found): void {
  const end = der.enter(TAG.sequence, limit)
  if (der.next(end) === TAG.boolean) {
    const flag = der.enter(TAG.boolean, end)
    const value = der.bytes[der.at] ?? 0
    if (flag - der.at !== 1 || (value !== 0 && value !== 0xff)) der.giveUp()
    der.passTo(flag)
    found.isAuthority = value !== 0
  }
  if (der.next(end) === TAG.integer) {
    const number = der.enter(TAG.integer, end)
    if (number - der.at !== 1 || (der.bytes[der.at] ?? 0) >= 0x80) der.giveUp()
    der.passTo(number)
  }
  der.leave(end)
}

/** One or two bytes of flags, not all of them unset. Source: RFC 5280 §4.2.1.3. */
function readUsage(der: DerReader, limit: number, found: Found): void {
  const end = der.enter(TAG.bitString, limit)
  const { bytes, at } = der
  const unused = bytes[at] ?? 0
  const second = end - at === 3
  // Only the last byte has unused bits.
  const flags = (bytes[at + 1] ?? 0) & (second ? 0xff : 0xff << unused)
  if ((end - at !== 2 && !second) || unused > 7 || flags === 0) der.giveUp()
  der.passTo(end)
  found.maySign = (flags & KEY_CERT_SIGN) !== 0
}

function skipPurposes(der: DerReader, limit: number): void {
  const end = der.enter(TAG.sequence, limit)
  while (der.at < end) der.oid(end)
}

function readKeyId(tag: number, der: DerReader, limit: number): string {
  const end = der.enter(tag, limit)
  const text = hexText(der.bytes, der.at, end)
  // An empty identifier is not an absent one: node:crypto compares it.
  if (text === '') der.giveUp()
  der.passTo(end)
  return der.understood ? text : ''
}

function readIssuerKey(der: DerReader, limit: number): string {
  const end = der.enter(TAG.sequence, limit)
  const text = readKeyId(0x80, der, end)
  der.leave(end)
  return text
}

/** Points that are named by addresses alone. Source: RFC 5280 §4.2.1.13. */
function skipPoints(der: DerReader, limit: number): void {
  const end = der.enter(TAG.sequence, limit)
  while (der.at < end) {
    const point = der.enter(TAG.sequence, end)
    const name = der.enter(0xa0, point)
    const full = der.enter(0xa0, name)
    while (der.at < full) der.skip(URI, full)
    der.leave(name)
    der.leave(point)
  }
}

/** Reads the value of the extension 2.5.29.`id`; false where this program does not know it. */
function readKnown(id: number, der: DerReader, end: number, found: Found): boolean {
  switch (id) {
    case ALTERNATIVE_NAME:
      readNames(der, end, found)
      return true
    case BASIC_CONSTRAINTS:
      readConstraints(der, end, found)
      return true
    case KEY_USAGE:
      readUsage(der, end, found)
      return true
    case EXTENDED_KEY_USAGE:
      skipPurposes(der, end)
      return true
    case SUBJECT_KEY_ID:
      found.ownKey = readKeyId(TAG.octetString, der, end)
      return true
    case AUTHORITY_KEY_ID:
      found.issuerKey = readIssuerKey(der, end)
      return true
    case DISTRIBUTION_POINTS:
      skipPoints(der, end)
      return true
    case POLICIES:
      der.passTo(end)
      return true
    default:
      der.passTo(end)
      return false
  }
}

/** One extension; gives its number under 2.5.29, or 0. */
function readExtension(der: DerReader, limit: number, found: Found): number {
  const extension = der.enter(TAG.sequence, limit)
  const start = der.oid(extension)
  const stop = der.at
  if (der.next(extension) === TAG.boolean) {
    const flag = der.enter(TAG.boolean, extension)
    if (flag - der.at !== 1 || der.bytes[der.at] !== 0xff) der.giveUp()
    der.passTo(flag)
  }
  const value = der.enter(TAG.octetString, extension)
  const standard = stop - start === 3 && der.bytes[start] === 0x55 && der.bytes[start + 1] === 0x1d
  const id = standard ? der.bytes[start + 2]! : 0 // three bytes
  const harmless = der.holds(AUTHORITY_ACCESS, start, stop) || der.holds(TIMESTAMPS, start, stop)
  if (!readKnown(id, der, value, found) && !harmless) found.allKnown = false
  der.leave(value)
  der.leave(extension)
  return id
}

/** What the extensions say. */
export interface DerExtensions {
  readonly names: readonly string[]
  readonly isAuthority: boolean
  /** The use of its key, if it is given, allows to sign certificates. */
  readonly maySign: boolean
  /** Identifiers of its own key and of its issuer's, hexadecimal; '' where it gives none. */
  readonly ownKey: string
  readonly issuerKey: string
}

/** The names a certificate is for, and whether it may sign others; of each extension one. Source: RFC 5280 §4.2. */
export function readExtensions(der: DerReader, limit: number): DerExtensions {
  const found: Found = { names: [], isAuthority: false, maySign: true, ownKey: '', issuerKey: '', allKnown: true }
  if (der.at === limit) return found
  const outer = der.enter(0xa3, limit)
  const end = der.enter(TAG.sequence, outer)
  const seen: number[] = []
  while (der.at < end) {
    const id = readExtension(der, end, found)
    if (id === 0) continue
    if (seen.includes(id)) der.giveUp()
    seen.push(id)
  }
  der.leave(outer)
  if (found.isAuthority && !found.allKnown) der.giveUp()
  return { ...found, isAuthority: found.isAuthority && found.maySign }
}
