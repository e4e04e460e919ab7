import { TAG, type DerReader } from './der-reader.ts'

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
export type KeyKind = 'rsa' | 'ec' | 'ed25519' | ''

/** Kind of the key that signs by an algorithm whose identifier stands between two places. */
function signerOf(der: DerReader, from: number, to: number): KeyKind {
  if (der.holds(ED25519, from, to)) return 'ed25519'
  if (EC_SIGNATURES.some((oid) => der.holds(oid, from, to))) return 'ec'
  return RSA_SIGNATURES.some((oid) => der.holds(oid, from, to)) ? 'rsa' : ''
}

/** An algorithm of signatures with no parameters, none worth a value, or a sequence of them; gives the kind of key. Source: RFC 5280 §4.1.1.2. */
export function readSigner(der: DerReader, limit: number): KeyKind {
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
export function skipPublicKey(der: DerReader, limit: number): KeyKind {
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
