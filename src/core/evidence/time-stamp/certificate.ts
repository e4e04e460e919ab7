import { InputError } from '../../model/errors.ts'
import { decodeBase64 } from '../base64.ts'
import {
  constructed,
  members,
  Members,
  readBoolean,
  readDer,
  readInteger,
  readOid,
  readSmall,
  readTime,
  readWholeBits,
  refuseDer,
  sequenceOf,
  TAG,
  type Der,
  expectTag,
} from './der.ts'
import { OID } from './oids.ts'
import { refuseStamp } from './stamp-problem.ts'
import { encodeHex } from '../hex.ts'

// Certificates, as far as the signer of a time stamp takes them: RFC 5280 §4.1.

export interface Algorithm {
  readonly oid: string
  readonly parameters: Der | undefined
}

interface Extension {
  readonly critical: boolean
  readonly value: Uint8Array
}

/** A certificate as it says of itself; nothing of it is checked. */
export interface Certificate {
  readonly der: Uint8Array
  /** What its issuer signed. */
  readonly signed: Uint8Array
  readonly algorithm: Algorithm
  readonly signature: Uint8Array
  /** Content of the integer. */
  readonly serial: Uint8Array
  /** Names as DER. */
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** Milliseconds since 1970. */
  readonly notBefore: number
  readonly notAfter: number
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Der
  readonly extensions: ReadonlyMap<string, Extension>
}

/** Certificates in a reply or in a chain; more are refused. */
const MOST_CERTIFICATES = 16
const MOST_PEM = 200_000

/** Object identifier and parameters of an algorithm. Throws InputError. */
export function readAlgorithm(value: Der): Algorithm {
  const [oid, parameters, ...rest] = sequenceOf(value, 'an algorithm')
  if (rest.length > 0) throw refuseDer('an algorithm')
  return { oid: readOid(oid), parameters }
}

/** Reads a certificate. Throws InputError. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const outer = new Members(sequenceOf(readDer(bytes), 'a certificate'), 'a certificate')
  const signed = outer.take(TAG.sequence)
  const algorithm = outer.take(TAG.sequence)
  const signature = readWholeBits(outer.take(TAG.bitString))
  outer.end()
  const parts = new Members(members(signed), 'a certificate')
  parts.takeIf(constructed(0))
  const serial = readInteger(parts.take(TAG.integer))
  const within = parts.take(TAG.sequence)
  if (within.whole.join() !== algorithm.whole.join()) throw refuseDer('one algorithm in and around a certificate')
  const issuer = parts.take(TAG.sequence).whole
  const [from, until, ...more] = members(parts.take(TAG.sequence))
  if (from === undefined || until === undefined || more.length > 0) throw refuseDer('two times of validity')
  const subject = parts.take(TAG.sequence).whole
  const publicKey = parts.take(TAG.sequence)
  parts.takeIf(0x81)
  parts.takeIf(0x82)
  const extensions = parts.takeIf(constructed(3))
  parts.end()
  return {
    der: bytes,
    signed: signed.whole,
    algorithm: readAlgorithm(algorithm),
    signature,
    serial,
    issuer,
    subject,
    notBefore: readTime(from),
    notAfter: readTime(until),
    publicKey,
    extensions: extensions === undefined ? new Map() : readExtensions(extensions.content),
  }
}

function readExtensions(bytes: Uint8Array): ReadonlyMap<string, Extension> {
  const found = new Map<string, Extension>()
  for (const one of sequenceOf(readDer(bytes), 'extensions')) {
    const parts = new Members(sequenceOf(one, 'an extension'), 'an extension')
    const oid = readOid(parts.take(TAG.oid))
    const critical = parts.takeIf(TAG.boolean)
    const value = parts.take(TAG.octetString).content
    parts.end()
    if (found.has(oid)) throw refuseDer('each extension once')
    found.set(oid, { critical: critical !== undefined && readBoolean(critical), value })
  }
  return found
}

/** Certificates of a PEM text, in its order; what stands between them is passed over. Throws InputError. */
export function readPem(pem: string): readonly Certificate[] {
  if (pem.length > MOST_PEM) throw refuseStamp('root', `the chain is longer than ${MOST_PEM} characters`)
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/gu)]
  if (blocks.length > MOST_CERTIFICATES) throw refuseStamp('root', `more than ${MOST_CERTIFICATES} certificates`)
  return blocks.map(([, text = '']) => {
    const bytes = decodeBase64(text.replaceAll(/\s/gu, ''))
    if (bytes === undefined) throw refuseStamp('root', 'a certificate of the chain is no base64')
    try {
      return parseCertificate(bytes)
    } catch (error) {
      if (error instanceof InputError) throw refuseStamp('root', `a certificate of the chain does not read`)
      throw error
    }
  })
}

/** Certificates within a reply; what is of another kind is passed over. Throws InputError. */
export function readCertificates(values: readonly Der[]): readonly Certificate[] {
  if (values.length > MOST_CERTIFICATES) throw refuseDer(`at most ${MOST_CERTIFICATES} certificates`)
  return values.filter(({ tag }) => tag === TAG.sequence).map(({ whole }) => parseCertificate(whole))
}

/** Purposes of a key, by object identifier; undefined where the certificate names none. Throws InputError. */
export function purposesOf({ extensions }: Certificate): readonly string[] | undefined {
  const extension = extensions.get(OID.extendedKeyUsage)
  return extension === undefined ? undefined : sequenceOf(readDer(extension.value), 'purposes').map(readOid)
}

/** Bits of the use of a key, the first in the highest place (RFC 5280 §4.2.1.3); undefined where there are none. Throws InputError. */
export function keyUsageOf({ extensions }: Certificate): number | undefined {
  const extension = extensions.get(OID.keyUsage)
  if (extension === undefined) return undefined
  const { tag, content } = readDer(extension.value)
  const [unused, first, second = 0] = content
  if (tag !== TAG.bitString || unused === undefined || unused > 7 || first === undefined || content.length > 3)
    throw refuseDer('the use of a key')
  return first * 256 + second
}

export const DIGITAL_SIGNATURE = 0x8000
export const NON_REPUDIATION = 0x4000
export const KEY_CERT_SIGN = 0x0400

/** Whether a certificate is an authority's, and how many authorities may stand below it. Throws InputError. */
export function authorityOf({ extensions }: Certificate): { readonly below: number } | undefined {
  const extension = extensions.get(OID.basicConstraints)
  if (extension === undefined) return undefined
  const parts = new Members(sequenceOf(readDer(extension.value), 'basic constraints'), 'basic constraints')
  const authority = parts.takeIf(TAG.boolean)
  const below = parts.takeIf(TAG.integer)
  parts.end()
  if (authority === undefined || !readBoolean(authority)) return undefined
  return { below: below === undefined ? Number.POSITIVE_INFINITY : readSmall(below) }
}

/** Decoders of the kinds of text in a name; any other kind is shown as hexadecimal. */
const latin = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const utf16 = (bytes: Uint8Array): string => {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode((bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0))
  return text.toWellFormed()
}

const DECODERS: Readonly<Record<number, (bytes: Uint8Array) => string>> = {
  [TAG.utf8String]: utf8,
  [TAG.printableString]: latin,
  [TAG.ia5String]: latin,
  [TAG.teletexString]: latin,
  [TAG.bmpString]: utf16,
}

interface Part {
  readonly oid: string
  readonly text: string
}

function readParts(name: Der): readonly Part[] {
  return sequenceOf(name, 'a name').flatMap((set) =>
    members(expectTag(set, TAG.set, 'a part of a name')).map((part) => {
      const [oid, value, ...rest] = sequenceOf(part, 'a part of a name')
      const text = value === undefined || rest.length > 0 ? '' : (DECODERS[value.tag] ?? encodeHex)(value.content)
      return { oid: readOid(oid), text }
    }),
  )
}

/** The common name of a name, else all its texts; hostile text. Throws InputError. */
export function formatName(name: Uint8Array): string {
  const parts = readParts(readDer(name))
  const common = parts.findLast(({ oid }) => oid === OID.commonName)
  return (common?.text ?? parts.map(({ text }) => text).join(', ')).slice(0, 300)
}

/** Whether two names say the same, in any kinds of text, letters and spaces. Throws InputError. */
export function sameName(a: Uint8Array, b: Uint8Array): boolean {
  const folded = (name: Uint8Array): string =>
    readParts(readDer(name))
      .map(({ oid, text }) => `${oid}=${text.trim().replaceAll(/\s+/gu, ' ').toLowerCase()}`)
      .join('\n')
  return folded(a) === folded(b)
}
