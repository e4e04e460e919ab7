import type { CertificateFacts } from '../model/measured/observation.ts'
import { instant, type Instant } from '../model/units.ts'
import { readExtensions } from './der-extensions.ts'
import { readName, sameWhenPrinted, type DerName } from './der-name.ts'
import { DerReader, hexText, TAG } from './der-reader.ts'

/** Serial numbers are at most 20 bytes (RFC 5280 §4.1.2.2); a few old ones are longer. */
const LONGEST_SERIAL = 32
/** Before a certificate is taken as DER, node:crypto looks for PEM anywhere in its bytes. */
const PEM = new TextEncoder().encode('-----BEGIN')
const DASH = 0x2d
const VERSION_3 = [0x02, 0x01, 0x02]

/** A positive serial number as lower-case hexadecimal, two digits a byte. */
function readSerial(der: DerReader, limit: number): string {
  const end = der.enter(TAG.integer, limit)
  let start = der.at
  const first = der.bytes[start] ?? 0
  if (first === 0) {
    start++
    if ((der.bytes[start] ?? 0) < 0x80) der.giveUp()
  }
  if (start >= end || first >= 0x80 || end - start > LONGEST_SERIAL) der.giveUp()
  der.passTo(end)
  return hexText(der.bytes, start, end)
}

/** `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, in UTC. Source: RFC 5280 §4.1.2.5. */
function readTime(der: DerReader, limit: number): Instant {
  const short = der.next(limit) === TAG.utcTime
  const end = der.enter(short ? TAG.utcTime : TAG.generalizedTime, limit)
  const { bytes, at } = der
  if (end - at !== (short ? 13 : 15) || bytes[end - 1] !== 0x5a) {
    der.giveUp()
    return instant(0)
  }
  const pair = (place: number): number => {
    const tens = bytes[place]! - 0x30 // both stand before the end
    const ones = bytes[place + 1]! - 0x30
    if (tens < 0 || tens > 9 || ones < 0 || ones > 9) der.giveUp()
    return tens * 10 + ones
  }
  const tail = end - 11
  const low = pair(tail - 2)
  const year = short ? (low < 50 ? 2000 : 1900) + low : pair(at) * 100 + low
  const month = pair(tail)
  const day = pair(tail + 2)
  const hour = pair(tail + 4)
  const minute = pair(tail + 6)
  const second = pair(tail + 8)
  const date = Date.UTC(year, month - 1, day, hour, minute, second)
  const exists = month > 0 && month < 13 && day > 0 && day <= daysOf(year, month)
  if (year < 1950 || !exists || hour > 23 || minute > 59 || second > 59) der.giveUp()
  der.passTo(end)
  return instant(date)
}

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0))

/** Whether PEM begins anywhere in the bytes. */
function holdsPem(bytes: Uint8Array): boolean {
  // It begins with five dashes, of which every fifth byte must meet one.
  for (let at = 4; at < bytes.length; at += 5) {
    if (bytes[at] !== DASH) continue
    for (let start = at - 4; start <= at; start++) if (PEM.every((byte, i) => bytes[start + i] === byte)) return true
  }
  return false
}

/** A certificate of a usual shape: what it says of itself, its digests aside. */
export interface ReadCertificate {
  readonly facts: Omit<CertificateFacts, 'sha256' | 'sha1'>
  /**
   * Subject and issuer print alike. `selfSigned` is then told from names, key identifiers, use and kind of the key: no signature
   * was checked, nor whether the key is one.
   */
  readonly selfIssued: boolean
  readonly issuer: DerName
  readonly subject: DerName
}

/**
 * What a certificate says of itself, read from its DER by a walk that knows the usual shapes of version 3 alone and
 * gives undefined for all others and for damaged bytes: node:crypto, where there is one, then decides. What is given equals
 * what node:crypto gives. Never throws. Nothing here is trusted: signatures are checked elsewhere.
 * Why: docs/decisions/0008. Shape: RFC 5280 §4.1.
 */
export function readCertificate(bytes: Uint8Array, text?: string): ReadCertificate | undefined {
  const der = new DerReader(bytes, text)
  const end = der.enter(TAG.sequence, bytes.length)
  if (end !== bytes.length) der.giveUp()
  const body = der.enter(TAG.sequence, end)
  const version = der.enter(0xa0, body)
  if (!der.holds(VERSION_3, der.at, version)) der.giveUp()
  der.passTo(version)
  const serial = readSerial(der, body)
  const signer = readSigner(der, body)
  const issuer = readName(der, body)
  const validity = der.enter(TAG.sequence, body)
  const notBefore = readTime(der, validity)
  const notAfter = readTime(der, validity)
  der.leave(validity)
  const subject = readName(der, body)
  const key = skipPublicKey(der, body)
  const { names, isAuthority, maySign, ownKey, issuerKey } = readExtensions(der, body)
  der.leave(body)
  readSigner(der, end)
  const signature = der.enter(TAG.bitString, end)
  // Unused bits are left to node:crypto, which clears them before it takes the digest.
  if (bytes[der.at] !== 0 || signature - der.at < 2) der.giveUp()
  der.passTo(signature)
  der.leave(end)
  if (!der.understood || holdsPem(bytes)) return undefined
  const selfIssued = sameWhenPrinted(bytes, issuer, subject)
  // For an unknown kind of signature it cannot be decided whether the key fits it.
  if (selfIssued && signer === '') return undefined
  const subjectName = subject.commonName
  const sameKey = issuerKey === '' || ownKey === '' || issuerKey === ownKey
  const facts = {
    subjectName,
    issuerName: issuer.commonName,
    issuerOrganisation: issuer.organisation,
    issuerCountry: issuer.country,
    names: names.length > 0 || subjectName === '' ? names : [subjectName],
    serial,
    notBefore,
    notAfter,
    isAuthority,
    selfSigned: selfIssued && signer === key && sameKey && maySign,
  }
  return { facts, selfIssued, issuer, subject }
}

const RSA = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]
const EC = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01]
const ED25519 = [0x2b, 0x65, 0x70]
/** Curve, and bytes of a point on it, uncompressed. Source: RFC 5480 §2.1.1.1. */
const CURVES: readonly (readonly [readonly number[], number])[] = [
  [[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], 65],
  [[0x2b, 0x81, 0x04, 0x00, 0x22], 97],
  [[0x2b, 0x81, 0x04, 0x00, 0x23], 133],
]

/** How RSA signs (MD5, SHA-1, SHA-256 to SHA-512; RFC 8017 §A.2.4) and ECDSA (SHA-1, SHA-224 to SHA-512; RFC 5758 §3.2). */
const RSA_SIGNATURES = [4, 5, 11, 12, 13].map((last) => [...RSA.slice(0, -1), last])
const EC_SIGNATURES = [[1], [3, 1], [3, 2], [3, 3], [3, 4]].map((last) => [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, ...last])

/** Kind of a key, and of the key that a signature is made with; '' where it is none of these. */
type KeyKind = 'rsa' | 'ec' | 'ed25519' | ''

/** Kind of the key that signs by an algorithm whose identifier stands between two places. */
function signerOf(der: DerReader, from: number, to: number): KeyKind {
  if (der.holds(ED25519, from, to)) return 'ed25519'
  if (EC_SIGNATURES.some((oid) => der.holds(oid, from, to))) return 'ec'
  return RSA_SIGNATURES.some((oid) => der.holds(oid, from, to)) ? 'rsa' : ''
}

/** An algorithm of signatures with no parameters, none worth a value, or a sequence of them; gives the kind of key. Source: RFC 5280 §4.1.1.2. */
function readSigner(der: DerReader, limit: number): KeyKind {
  const end = der.enter(TAG.sequence, limit)
  const kind = signerOf(der, der.oid(end), der.at)
  if (der.at === end) return kind
  if (der.next(end) === TAG.sequence) der.skip(TAG.sequence, end)
  else skipNull(der, end)
  der.leave(end)
  return kind
}

function skipNull(der: DerReader, limit: number): void {
  der.leave(der.enter(TAG.null, limit))
}

/** Bytes that the key itself must have; 0 where it is a sequence of two numbers. */
function keyLengthOf(der: DerReader, end: number): number {
  const start = der.oid(end)
  if (der.holds(RSA, start, der.at)) {
    skipNull(der, end)
    return 0
  }
  if (der.holds(ED25519, start, der.at)) return 32
  if (der.holds(EC, start, der.at)) {
    const named = der.oid(end)
    const curve = CURVES.find(([oid]) => der.holds(oid, named, der.at))
    if (curve !== undefined) return curve[1]
  }
  return der.giveUp()
}

/** Steps over a key of the usual kinds; any other may not even be decoded by node:crypto. Source: RFC 5280 §4.1.2.7. */
function skipPublicKey(der: DerReader, limit: number): KeyKind {
  const end = der.enter(TAG.sequence, limit)
  const algorithm = der.enter(TAG.sequence, end)
  const length = keyLengthOf(der, algorithm)
  der.leave(algorithm)
  const key = der.enter(TAG.bitString, end)
  if (der.bytes[der.at] !== 0) der.giveUp() // unused bits
  der.passTo(der.at + 1)
  if (length > 0) {
    if (key - der.at !== length || (length > 32 && der.bytes[der.at] !== 0x04)) der.giveUp()
    der.passTo(key)
  } else {
    const numbers = der.enter(TAG.sequence, key)
    der.skip(TAG.integer, numbers)
    der.skip(TAG.integer, numbers)
    der.leave(numbers)
    der.leave(key)
  }
  der.leave(end)
  return length === 0 ? 'rsa' : length === 32 ? 'ed25519' : 'ec'
}
