import { createHash, createPublicKey, verify } from 'node:crypto'

/** Cells of Tor's link protocol. Source: tor-spec, "Cells" and "Negotiating and initializing channels". */
export const VERSIONS = 7
export const NETINFO = 8
export const PADDING = 128
export const CERTS = 129
export const AUTH_CHALLENGE = 130
const FIRST_VARIABLE = 128
const FIXED_PAYLOAD = 509
/** Versions of the link protocol spoken by relays of today: all with circuit ids of four bytes after VERSIONS. */
const LINK_VERSIONS = [4, 5] as const

/** A VERSIONS cell, the one cell whose circuit id has two bytes. */
export const versionsCell = (versions: readonly number[]): Buffer =>
  Buffer.from([0, 0, VERSIONS, 0, versions.length * 2, ...versions.flatMap((version) => [0, version])])

/** What a client of tor 0.4 says first. */
export const CLIENT_VERSIONS = versionsCell([3, ...LINK_VERSIONS])

/** A cell without a circuit, of link protocol 4 or later. */
export function linkCell(command: number, payload: Uint8Array): Buffer {
  const head = Buffer.of(0, 0, 0, 0, command)
  if (command < FIRST_VARIABLE) return Buffer.concat([head, payload, Buffer.alloc(FIXED_PAYLOAD - payload.length)])
  return Buffer.concat([head, Buffer.of(payload.length >> 8, payload.length & 255), payload])
}

export interface VersionsRead {
  readonly versions: readonly number[]
  readonly end: number
}

/** The VERSIONS cell at the start of what came: `more` where it is not whole yet, `other` where it is none. */
export function readVersions(bytes: Buffer): VersionsRead | 'more' | 'other' {
  const start = Buffer.of(0, 0, VERSIONS)
  if (!bytes.subarray(0, 3).equals(start.subarray(0, bytes.length))) return 'other'
  if (bytes.length < 5) return 'more'
  const length = bytes.readUInt16BE(3)
  if (length === 0 || length % 2 !== 0 || length > 128) return 'other'
  if (bytes.length < 5 + length) return 'more'
  return { versions: Array.from({ length: length / 2 }, (_, nth) => bytes.readUInt16BE(5 + nth * 2)), end: 5 + length }
}

/**
 * Looks at a relay's first cells: VERSIONS with a version of ours, CERTS that stand for this very TLS connection,
 * and the beginning of NETINFO, padding and a challenge between them.
 */
export function readRelayGreeting(bytes: Buffer, tlsCertificate: Uint8Array): 'answer' | 'more' | 'other' {
  const versions = readVersions(bytes)
  if (versions === 'more' || versions === 'other') return versions
  if (!LINK_VERSIONS.some((version) => versions.versions.includes(version))) return 'other'
  let certified = false
  for (let at = versions.end; at + 7 <= bytes.length;) {
    const command = bytes[at + 4]! // inside by the condition before
    if (command === NETINFO) return certified ? 'answer' : 'other'
    if (command !== CERTS && command !== AUTH_CHALLENGE && command !== PADDING) return 'other'
    const from = at + 7
    const end = from + bytes.readUInt16BE(at + 5)
    if (end > bytes.length) return 'more'
    if (command === CERTS && !standForConnection(bytes.subarray(from, end), tlsCertificate)) return 'other'
    certified ||= command === CERTS
    at = end
  }
  return 'more'
}

const SIGNING_BY_IDENTITY = 4
const LINK_BY_SIGNING = 5
const SIGNATURE = 64
/** DER before the 32 bytes of an Ed25519 public key, RFC 8410. */
const ED25519_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

/** Whether a signature over a certificate (all but its last 64 bytes) is that of a raw Ed25519 key. */
function signedBy(certificate: Buffer, key: Uint8Array): boolean {
  const at = certificate.length - SIGNATURE
  try {
    const publicKey = createPublicKey({ key: Buffer.concat([ED25519_PREFIX, key]), format: 'der', type: 'spki' })
    return verify(null, certificate.subarray(0, at), publicKey, certificate.subarray(at))
  } catch {
    return false
  }
}

/**
 * Whether the certificates of a CERTS cell vouch for the TLS certificate of the connection: a signing key that the
 * identity inside signed, and a link certificate, signed by it, over the digest of the TLS certificate. A machine in
 * the middle with a TLS of its own cannot make the second. Dates are not checked: the exchange is measured, not
 * trusted.
 * Source: tor-spec, "CERTS cells"; cert-spec, "Ed25519 certificates".
 */
function standForConnection(payload: Buffer, tlsCertificate: Uint8Array): boolean {
  const certificates = readCertificates(payload)
  const signing = certificates.get(SIGNING_BY_IDENTITY)
  const link = certificates.get(LINK_BY_SIGNING)
  if (signing === undefined || link === undefined) return false
  const identity = identityIn(signing)
  if (identity === undefined || !signedBy(signing, identity) || !signedBy(link, certifiedKey(signing))) return false
  return certifiedKey(link).equals(createHash('sha256').update(tlsCertificate).digest())
}

/** Version, type, four bytes of expiration, kind of key, then the key. */
const KEY_AT = 7
const SHORTEST = KEY_AT + 32 + 1 + SIGNATURE
const certifiedKey = (certificate: Buffer): Buffer => certificate.subarray(KEY_AT, KEY_AT + 32)

function readCertificates(payload: Buffer): ReadonlyMap<number, Buffer> {
  const found = new Map<number, Buffer>()
  const count = payload[0] ?? 0
  let at = 1
  for (let nth = 0; nth < count && at + 3 <= payload.length; nth++) {
    const kind = payload[at]! // inside by the condition before
    const end = at + 3 + payload.readUInt16BE(at + 1)
    if (end > payload.length) break
    const certificate = payload.subarray(at + 3, end)
    const isOurs = kind === SIGNING_BY_IDENTITY || kind === LINK_BY_SIGNING
    if (isOurs && certificate.length >= SHORTEST && certificate[1] === kind) found.set(kind, certificate)
    at = end
  }
  return found
}

/** The identity key that a signing certificate carries in extension 4. */
function identityIn(certificate: Buffer): Buffer | undefined {
  const count = certificate[KEY_AT + 32] ?? 0
  let at = KEY_AT + 33
  for (let nth = 0; nth < count && at + 4 <= certificate.length - SIGNATURE; nth++) {
    const length = certificate.readUInt16BE(at)
    if (certificate[at + 2] === 4 && length === 32) return certificate.subarray(at + 4, at + 36)
    at += 4 + length
  }
  return undefined
}
