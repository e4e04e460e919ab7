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

/** An algorithm with no parameters, none worth a value, or a sequence of them. Source: RFC 5280 §4.1.1.2. */
export function skipAlgorithm(der: DerReader, limit: number): void {
  const end = der.enter(TAG.sequence, limit)
  der.oid(end)
  if (der.at === end) return
  if (der.next(end) === TAG.sequence) der.skip(TAG.sequence, end)
  else skipNull(der, end)
  der.leave(end)
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
export function readPublicKey(der: DerReader, limit: number): void {
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
}
