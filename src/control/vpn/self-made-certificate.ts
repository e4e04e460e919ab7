import { sign, type KeyObject } from 'node:crypto'
import type { Instant } from '../../core/model/units.ts'

export interface CertificateParts {
  readonly subject: string
  readonly issuer: string
  /** Key that the certificate stands for, and the RSA key that signs it: the same one where it is self-signed. */
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly from: Instant
  readonly until: Instant
  /** Eight bytes at most. */
  readonly serial: Uint8Array
}

/** DER: tag, length, content. X.690 §8. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const lead = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...lead]), content])
}

const SEQUENCE = 0x30
const SET = 0x31
const INTEGER = 0x02
const BIT_STRING = 0x03
const UTF8_STRING = 0x0c
const GENERALIZED_TIME = 0x18
const VERSION = 0xa0
/** sha256WithRSAEncryption with its absent parameters, and the object identifier of a common name. */
const SHA256_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex')
const COMMON_NAME = Buffer.from('0603550403', 'hex')

const nameOf = (common: string): Buffer =>
  der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8_STRING, Buffer.from(common)))))

const timeOf = (at: Instant): Buffer => {
  const digits = new Date(at).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)
  return der(GENERALIZED_TIME, Buffer.from(`${digits}Z`))
}

/**
 * An X.509 certificate of version 3 without extensions, as tor's relays show: two names and a key, signed with RSA and
 * SHA-256. DER. Source: RFC 5280 §4.1; dates as GeneralizedTime, which readers take before 2050 too.
 */
export function selfMadeCertificate(parts: CertificateParts): Buffer {
  // Positive and of one length: the first bit is cleared, the second set.
  const serial = Buffer.from(parts.serial)
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.of(2))),
    der(INTEGER, serial),
    SHA256_RSA,
    nameOf(parts.issuer),
    der(SEQUENCE, timeOf(parts.from), timeOf(parts.until)),
    nameOf(parts.subject),
    parts.publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = sign('sha256', body, parts.signer)
  return der(SEQUENCE, body, SHA256_RSA, der(BIT_STRING, Buffer.of(0), signature))
}
