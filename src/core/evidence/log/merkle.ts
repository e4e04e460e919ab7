import { InputError } from '../../model/errors.ts'

// The Merkle tree of a log: RFC 6962 §2.1, verification by RFC 9162 §2.1.3.2 and §2.1.4.2.

/** SHA-256 of bytes, 32 bytes. */
export type Hash = (bytes: Uint8Array) => Uint8Array

export const HASH_BYTES = 32
/** A proof has at most one hash for each bit of a tree size. */
export const MOST_PROOF_HASHES = 63

/** Digest of an entry: `H(00 ‖ entry)`. */
export function hashLeaf(entry: Uint8Array, hash: Hash): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length)
  bytes.set(entry, 1)
  return hash(bytes)
}

/** Digest of two neighbours: `H(01 ‖ left ‖ right)`. */
export function hashNode(left: Uint8Array, right: Uint8Array, hash: Hash): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH_BYTES)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 1 + HASH_BYTES)
  return hash(bytes)
}

/** Whether two byte strings are equal. No secret is compared here. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])

/** Largest power of two below `n`, for n > 1. */
export function splitPoint(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** A stretch of leaves whose digest a proof needs. */
export interface SubtreeRange {
  readonly from: number
  readonly until: number
}

/** Stretches of an inclusion proof, from the leaf to the root: `PATH(m, D[n])` of RFC 6962 §2.1.1. Throws RangeError. */
export function inclusionStretches(index: number, size: number): readonly SubtreeRange[] {
  if (!(Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size))
    throw new RangeError(`leaf ${index} is not in a tree of ${size}`)
  const path: SubtreeRange[] = []
  let from = 0
  let until = size
  while (until - from > 1) {
    const middle = from + splitPoint(until - from)
    if (index < middle) {
      path.push({ from: middle, until })
      until = middle
    } else {
      path.push({ from, until: middle })
      from = middle
    }
  }
  return path.toReversed()
}

/** Stretches of a consistency proof: `PROOF(m, D[n])` of RFC 6962 §2.1.2. Empty for equal sizes. Throws RangeError. */
export function consistencyStretches(older: number, newer: number): readonly SubtreeRange[] {
  if (!(Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older > 0 && older <= newer))
    throw new RangeError(`no consistency of sizes ${older} and ${newer}`)
  const path: SubtreeRange[] = []
  let from = 0
  let until = newer
  while (until !== older) {
    const middle = from + splitPoint(until - from)
    if (older <= middle) {
      path.push({ from: middle, until })
      until = middle
    } else {
      path.push({ from, until: middle })
      from = middle
    }
  }
  // A part that is the whole older tree is known to anyone who has its root.
  if (from > 0) path.push({ from, until })
  return path.toReversed()
}

const wellFormed = (hashes: readonly Uint8Array[]): boolean =>
  hashes.length <= MOST_PROOF_HASHES && hashes.every(({ length }) => length === HASH_BYTES)

export interface InclusionClaim {
  readonly index: bigint
  readonly size: bigint
  /** Digest of the entry (`hashLeaf`). */
  readonly leaf: Uint8Array
  readonly path: readonly Uint8Array[]
  readonly root: Uint8Array
}

/** Whether a path leads from a leaf to a root. RFC 9162 §2.1.3.2. */
export function verifyInclusion({ index, size, leaf, path, root }: InclusionClaim, hash: Hash): boolean {
  if (index < 0n || index >= size || !wellFormed([...path, leaf, root])) return false
  let fn = index
  let sn = size - 1n
  let r = leaf
  for (const p of path) {
    if (sn === 0n) return false
    if ((fn & 1n) === 1n || fn === sn) {
      r = hashNode(p, r, hash)
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else r = hashNode(r, p, hash)
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && sameBytes(r, root)
}

export interface ConsistencyClaim {
  readonly olderSize: bigint
  readonly newerSize: bigint
  readonly olderRoot: Uint8Array
  readonly newerRoot: Uint8Array
  readonly path: readonly Uint8Array[]
}

/** Whether the newer tree begins with all of the older one. RFC 9162 §2.1.4.2; an older size of 0 proves nothing. */
export function verifyConsistency(claim: ConsistencyClaim, hash: Hash): boolean {
  const { olderSize, newerSize, olderRoot, newerRoot } = claim
  if (olderSize <= 0n || olderSize > newerSize) return false
  if (olderSize === newerSize) return claim.path.length === 0 && sameBytes(olderRoot, newerRoot)
  if (!wellFormed([...claim.path, olderRoot, newerRoot])) return false
  if (claim.path.length === 0) return false
  const path = (olderSize & (olderSize - 1n)) === 0n ? [olderRoot, ...claim.path] : claim.path
  let fn = olderSize - 1n
  let sn = newerSize - 1n
  while ((fn & 1n) === 1n) {
    fn >>= 1n
    sn >>= 1n
  }
  const [first, ...rest] = path
  if (first === undefined) return false
  let fr = first
  let sr = first
  for (const c of rest) {
    if (sn === 0n) return false
    if ((fn & 1n) === 1n || fn === sn) {
      fr = hashNode(c, fr, hash)
      sr = hashNode(c, sr, hash)
      while ((fn & 1n) === 0n && fn !== 0n) {
        fn >>= 1n
        sn >>= 1n
      }
    } else sr = hashNode(sr, c, hash)
    fn >>= 1n
    sn >>= 1n
  }
  return sn === 0n && sameBytes(fr, olderRoot) && sameBytes(sr, newerRoot)
}

/** Root over the digests of all leaves, in memory; the root of no leaves is `H("")`. For tests and small trees. */
export function rootOf(leaves: readonly Uint8Array[], hash: Hash): Uint8Array {
  const [only] = leaves
  if (only === undefined) return hash(new Uint8Array())
  if (leaves.length === 1) return only
  const k = splitPoint(leaves.length)
  return hashNode(rootOf(leaves.slice(0, k), hash), rootOf(leaves.slice(k), hash), hash)
}

/** A number of 64 bits as decimal digits without a leading zero. Throws InputError. */
export function parseCount(text: string, what: string): number {
  const value = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(value)) return value
  throw new InputError(`Cannot read ${what}: found "${text.slice(0, 40)}"`, {
    code: 'log.number',
    path: what,
    expected: 'decimal digits without a leading zero, below 2^53',
  })
}
