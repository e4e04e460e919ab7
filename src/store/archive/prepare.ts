import { createHash, randomBytes } from 'node:crypto'
import { constants, zstdCompressSync } from 'node:zlib'
import { Fault, InputError } from '../../model/errors.ts'
import { parseSha256 } from '../../model/units.ts'
import type { ArchiveItem, LeafCodec } from './contract.ts'
import { frameLeaf } from './leaf-file.ts'
import { MAX_BLOB_BYTES, MAX_ORIGIN_BYTES } from './layout.ts'
import { SALT_BYTES, encodeHead } from './record.ts'
import type { Prepared } from './segment.ts'
import { sha256 } from './read-blob.ts'

/** Level 3: on measurements of 7 KiB as fast as level 1 and a little smaller (docs/decisions/0003). */
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 3 } }

/** Compresses a measurement as the archive does: for a worker that hands the frame over with the item. */
export const encodeFrame = (bytes: Uint8Array): Buffer => zstdCompressSync(bytes, ZSTD)

/**
 * Makes a measurement ready to be written, with a salt of its own. Throws InputError for one that is too long or whose
 * origin is; Fault where the id is not the digest of the bytes, for then the caller is broken.
 */
export function prepareItem(item: ArchiveItem, leaves: LeafCodec): Prepared {
  const { bytes, provenance } = item
  if (bytes.length > MAX_BLOB_BYTES) throw tooLong('measurement', bytes.length, MAX_BLOB_BYTES)
  const originBytes = Buffer.byteLength(provenance.origin)
  if (originBytes > MAX_ORIGIN_BYTES) throw tooLong('origin', originBytes, MAX_ORIGIN_BYTES)
  if (!Number.isSafeInteger(provenance.receivedAt) || provenance.receivedAt < 0 || provenance.receivedAt >= 2 ** 48)
    throw new Fault(`Cannot archive measurement ${provenance.id}: received at ${provenance.receivedAt}`)
  const id = Buffer.from(provenance.id, 'hex')
  if (!sha256(bytes).equals(id))
    throw new Fault(`Cannot archive measurement ${provenance.id}: its bytes have another digest`)
  const salt = randomBytes(SALT_BYTES)
  const original = parseSha256(createHash('sha256').update(salt).update(bytes).digest('hex'))
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
