import {
  createHash,
  createPublicKey,
  generateKeyPair,
  privateEncrypt,
  randomBytes,
  sign,
  type KeyObject,
  constants,
} from 'node:crypto'
import { promisify } from 'node:util'
import { DAY_MS, HOUR_MS } from '../../core/model/duration.ts'
import { instant, type Instant } from '../../core/model/units.ts'
import { AUTH_CHALLENGE, CERTS, linkCell, NETINFO, versionsCell } from '../../net/tunnel/tor-cells.ts'
import { randomHostname } from '../../net/tunnel/tor-link.ts'
import type { ResponderKeys } from './responder-keys.ts'

/** Kinds in a CERTS cell: tor-spec, "CERTS cells". */
const RSA_IDENTITY = 2
const SIGNING_BY_IDENTITY = 4
const LINK_BY_SIGNING = 5
const ED25519_BY_RSA = 7
/** Kinds of certified keys: cert-spec, "Ed25519 certificates". */
const KEY_ED25519 = 1
const KEY_TLS_DIGEST = 3
const CROSS_PREFIX = 'Tor TLS RSA/Ed25519 cross-certificate'

/** What a relay shows to every client: the certificate of its TLS, and the cells that vouch for it. */
export interface TorIdentity {
  /** PEM. */
  readonly cert: string
  readonly key: string
  /** SHA-1 of the RSA identity in hexadecimal: the fingerprint by which tor's clients name a relay. */
  readonly fingerprint: string
  /** VERSIONS, CERTS, AUTH_CHALLENGE and NETINFO, in answer to a VERSIONS cell from `peer` at `local`. */
  readonly greet: (peer: readonly number[], local: readonly number[]) => Buffer
}

/**
 * Makes what a relay would show until `now` + 60 days: a TLS certificate under random names, as tor makes them, signed
 * by no known authority, and the certificates of the identity that vouch for it.
 * BUG: a process that lasts longer shows certificates out of date. Consequence: none for our probes, which check no
 * dates here; a stock client of tor would turn away.
 */
export async function makeTorIdentity(keys: ResponderKeys, now: Instant): Promise<TorIdentity> {
  const [link, signing] = await Promise.all([
    promisify(generateKeyPair)('rsa', { modulusLength: 2048 }),
    promisify(generateKeyPair)('ed25519'),
  ])
  const from = instant(now - DAY_MS)
  const until = instant(now + 60 * DAY_MS)
  const dates = { from, until }
  const tls = selfMadeCertificate({
    subject: randomHostname('net'),
    issuer: randomHostname('com'),
    publicKey: link.publicKey,
    signer: link.privateKey,
    serial: randomBytes(8),
    ...dates,
  })
  // Names of one length, so that the cells are of one length too.
  const rsaIdentity = createPublicKey(keys.torRsa)
  const identityCertificate = selfMadeCertificate({
    subject: 'www.kuagerresponder.net',
    issuer: 'www.kuagerresponder.com',
    publicKey: rsaIdentity,
    signer: keys.torRsa,
    serial: randomBytes(8),
    ...dates,
  })
  const certs = certsCell([
    [RSA_IDENTITY, identityCertificate],
    [SIGNING_BY_IDENTITY, signingCertificate(keys.torEd25519, signing.publicKey, until)],
    [LINK_BY_SIGNING, linkCertificate(signing.privateKey, tls, until)],
    [ED25519_BY_RSA, crossCertificate(keys, until)],
  ])
  const greeting = Buffer.concat([versionsCell([4, 5]), certs])
  return {
    cert: pem('CERTIFICATE', tls),
    key: String(link.privateKey.export({ type: 'pkcs8', format: 'pem' })),
    fingerprint: createHash('sha1')
      .update(rsaIdentity.export({ type: 'pkcs1', format: 'der' }))
      .digest('hex')
      .toUpperCase(),
    greet: (peer, local) => Buffer.concat([greeting, challengeCell(), netinfoCell(peer, local)]),
  }
}

function pem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The 32 bytes at the end of an Ed25519 key's DER. */
const rawKey = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-32)

/** Hours since 1970. */
function hours(at: Instant): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(Math.floor(at / HOUR_MS))
  return bytes
}

function signed(body: Buffer, signer: KeyObject): Buffer {
  return Buffer.concat([body, sign(null, body, signer)])
}

/** The signing key, vouched for by the identity, whose key is in extension 4. */
function signingCertificate(identity: KeyObject, signing: KeyObject, until: Instant): Buffer {
  const key = signing.export({ type: 'spki', format: 'der' }).subarray(-32)
  const extension = Buffer.concat([Buffer.of(0, 32, 4, 0), rawKey(identity)])
  const head = Buffer.of(1, SIGNING_BY_IDENTITY)
  return signed(Buffer.concat([head, hours(until), Buffer.of(KEY_ED25519), key, Buffer.of(1), extension]), identity)
}

function linkCertificate(signing: KeyObject, tls: Buffer, until: Instant): Buffer {
  const digest = createHash('sha256').update(tls).digest()
  const head = Buffer.of(1, LINK_BY_SIGNING)
  return signed(Buffer.concat([head, hours(until), Buffer.of(KEY_TLS_DIGEST), digest, Buffer.of(0)]), signing)
}

/** The Ed25519 identity, vouched for by the RSA one: cert-spec, "RSA→Ed25519 cross-certificate". */
function crossCertificate({ torRsa, torEd25519 }: ResponderKeys, until: Instant): Buffer {
  const body = Buffer.concat([rawKey(torEd25519), hours(until)])
  const digest = createHash('sha256').update(CROSS_PREFIX).update(body).digest()
  const signature = privateEncrypt({ key: torRsa, padding: constants.RSA_PKCS1_PADDING }, digest)
  return Buffer.concat([body, Buffer.of(signature.length), signature])
}

function certsCell(certificates: readonly (readonly [kind: number, bytes: Buffer])[]): Buffer {
  const parts = certificates.flatMap(([kind, bytes]) => [Buffer.of(kind, bytes.length >> 8, bytes.length & 255), bytes])
  return linkCell(CERTS, Buffer.concat([Buffer.of(certificates.length), ...parts]))
}

/** 32 random bytes, and the one method of proof that is in use (3): relays would answer it, clients do not. */
const challengeCell = (): Buffer => linkCell(AUTH_CHALLENGE, Buffer.concat([randomBytes(32), Buffer.of(0, 1, 0, 3)]))

/** Time left out (0), the peer's address as we see it, and ours: tor-spec, "NETINFO cells". */
function netinfoCell(peer: readonly number[], local: readonly number[]): Buffer {
  const address = (bytes: readonly number[]): number[] => [bytes.length === 16 ? 6 : 4, bytes.length, ...bytes]
  return linkCell(NETINFO, Buffer.from([0, 0, 0, 0, ...address(peer), 1, ...address(local)]))
}

interface CertificateParts {
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
function selfMadeCertificate(parts: CertificateParts): Buffer {
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
