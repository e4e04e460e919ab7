import type { CertificateFacts } from '../model/measured/observation.ts'
import { instant, type Instant } from '../model/units.ts'
import { skipPublicKey, readSigner } from './der-algorithm.ts'
import { readExtensions } from './der-extensions.ts'
import { readName, sameWhenPrinted, type DerName } from './der-name.ts'
import { DerReader, hexText, TAG } from './der-reader.ts'

/** Serial numbers are at most 20 bytes (RFC 5280 §4.1.2.2); a few old ones are longer. */
const LONGEST_SERIAL = 32
/** Before a certificate is taken as DER, node:crypto looks for PEM anywhere in its bytes. */
const PEM = new TextEncoder().encode('-----BEGIN')
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
  const [dash = 0] = PEM
  for (let at = bytes.indexOf(dash); at !== -1; at = bytes.indexOf(dash, at + 1))
    if (PEM.every((byte, i) => bytes[at + i] === byte)) return true
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
export function readCertificate(bytes: Uint8Array): ReadCertificate | undefined {
  const der = new DerReader(bytes)
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
