import { createHash, hash, randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { Fault, InputError } from '../../model/errors.ts'
import { parseSha256 } from '../../model/units.ts'
import type { Sha256 } from '../../model/units.ts'
import type { ArchiveItem, LeafCodec } from './contract.ts'
import { frameLeaf } from './leaf-file.ts'
import { MAX_BLOB_BYTES, MAX_ORIGIN_BYTES } from './layout.ts'
import { SALT_BYTES, encodeHead } from './record.ts'
import type { Prepared } from './segment.ts'
import { sha256 } from './read-blob.ts'

/** Level 2: on measurements the fastest level that compresses, and within 2 in 100 of level 3 (docs/decisions/0003). */
const LEVEL = { [constants.ZSTD_c_compressionLevel]: 2 }
/** Up to this length the tables that the level asks for cost more to make than they win: the frame is as short without. */
const SMALL_BYTES = 32_768
const SMALL = {
  chunkSize: 8192,
  params: {
    ...LEVEL,
    [constants.ZSTD_c_windowLog]: 15,
    [constants.ZSTD_c_hashLog]: 13,
    [constants.ZSTD_c_chainLog]: 12,
  },
}

/** Compresses a measurement as the archive does: one zstd frame with its content size. For workers that hand it over. */
export const encodeFrame = (bytes: Uint8Array): Buffer =>
  zstdCompressSync(bytes, {
    ...(bytes.length <= SMALL_BYTES ? SMALL : { params: LEVEL }),
    pledgedSrcSize: bytes.length,
  })

/** Salts are cut from a pool: one call to the generator per 256 measurements. No byte of it is given out twice. */
let pool = Buffer.alloc(0)
function takeSalt(): Buffer {
  if (pool.length === 0) pool = randomBytes(SALT_BYTES * 256)
  const salt = pool.subarray(0, SALT_BYTES)
  pool = pool.subarray(SALT_BYTES)
  return salt
}

/** Salt and measurement one behind the other: a buffer for each measurement would be garbage by the megabyte. */
const salted = Buffer.allocUnsafeSlow(256 * 1024)

function digestSalted(salt: Uint8Array, bytes: Uint8Array): Sha256 {
  const length = salt.length + bytes.length
  if (length > salted.length) return parseSha256(createHash('sha256').update(salt).update(bytes).digest('hex'))
  salted.set(salt)
  salted.set(bytes, salt.length)
  return parseSha256(hash('sha256', salted.subarray(0, length), 'hex'))
}

/**
 * Makes a measurement ready to be written, with a salt of its own. Throws InputError for one that is too long or whose
 * origin is; Fault where the id is not the digest of the bytes, for then the caller is broken. Where a worker of ours
 * made the frame, the id is as trusted as the frame.
 */
export function prepareItem(item: ArchiveItem, leaves: LeafCodec): Prepared {
  const { bytes, provenance } = item
  if (bytes.length > MAX_BLOB_BYTES) throw tooLong('measurement', bytes.length, MAX_BLOB_BYTES)
  const originBytes = Buffer.byteLength(provenance.origin)
  if (originBytes > MAX_ORIGIN_BYTES) throw tooLong('origin', originBytes, MAX_ORIGIN_BYTES)
  if (!Number.isSafeInteger(provenance.receivedAt) || provenance.receivedAt < 0 || provenance.receivedAt >= 2 ** 48)
    throw new Fault(`Cannot archive measurement ${provenance.id}: received at ${provenance.receivedAt}`)
  const id = Buffer.from(provenance.id, 'hex')
  if (item.frame === undefined && !sha256(bytes).equals(id))
    throw new Fault(`Cannot archive measurement ${provenance.id}: its bytes have another digest`)
  const salt = takeSalt()
  const original = digestSalted(salt, bytes)
  const leaf = leaves.encode({ original, public: item.publicSha256, size: bytes.length })
  const frame = item.frame ?? encodeFrame(bytes)
  const head = encodeHead({ provenance, id, salt, size: bytes.length, frame, leaf })
  return { id, head, frame, framedLeaf: frameLeaf(leaf), leafIndex: -1 }
}

const tooLong = (what: string, found: number, most: number): InputError =>
  new InputError(`Cannot archive ${what}: found ${found} bytes`, {
    code: 'archive.too-long',
    path: '',
    expected: `at most ${most} bytes`,
  })
