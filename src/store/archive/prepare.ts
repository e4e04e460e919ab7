import { constants, zstdCompressSync } from 'node:zlib'
import { Fault, InputError } from '../../core/model/errors.ts'
import type { OtherEntryKind } from '../../core/model/log-entry.ts'
import { parseSha256, type Instant } from '../../core/model/units.ts'
import type { ArchiveItem, LeafCodec, SealedItem } from './contract.ts'
import { frameLeaf } from './leaf-file.ts'
import { MAX_BLOB_BYTES, MAX_ORIGIN_BYTES } from './layout.ts'
import { encodeHead, entryId } from './record.ts'
import { sealBytes, sha256Buffer, type Seal } from './seal.ts'
import type { PreparedBlob } from './segment.ts'

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

/**
 * Makes a measurement ready to be written, with a salt of its own. Throws InputError for one that is too long or whose
 * origin is; Fault where the id is not the digest of the bytes, for then the caller is broken. Where a worker of ours
 * made the frame, the id is as trusted as the frame.
 */
export function prepareItem(item: ArchiveItem | SealedItem, leaves: LeafCodec): PreparedBlob {
  const { provenance, publicSha256 } = item
  const size = 'bytes' in item ? item.bytes.length : item.size
  if (size > MAX_BLOB_BYTES) throw tooLong('measurement', size, MAX_BLOB_BYTES)
  const originBytes = Buffer.byteLength(provenance.origin)
  if (originBytes > MAX_ORIGIN_BYTES) throw tooLong('origin', originBytes, MAX_ORIGIN_BYTES)
  if (!Number.isSafeInteger(provenance.receivedAt) || provenance.receivedAt < 0 || provenance.receivedAt >= 2 ** 48)
    throw new Fault(`Cannot archive measurement ${provenance.id}: received at ${provenance.receivedAt}`)
  const id = Buffer.from(provenance.id, 'hex')
  const { salt, original, frame } = 'bytes' in item ? sealItem(item, id) : item
  const leaf = leaves.encode({ kind: 'measurement', original, public: publicSha256, size })
  const head = encodeHead({ source: { kind: 'blob', ...provenance }, id, salt, size, frame, leaf })
  return { id, head, frame, framedLeaf: frameLeaf(leaf), leafIndex: -1 }
}

/** Makes an entry that is no measurement ready to be written. Throws InputError for one that is too long. */
export function prepareEntry(
  content: { readonly kind: OtherEntryKind; readonly bytes: Uint8Array; readonly at: Instant },
  leaves: LeafCodec,
): PreparedBlob {
  const { kind, bytes, at } = content
  if (bytes.length > MAX_BLOB_BYTES) throw tooLong('entry', bytes.length, MAX_BLOB_BYTES)
  if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** 48) throw new Fault(`Cannot archive ${kind}: received at ${at}`)
  const id = entryId(kind, bytes)
  const { salt, original } = sealBytes(bytes)
  const shown = parseSha256(sha256Buffer(bytes).toString('hex'))
  const frame = encodeFrame(bytes)
  const leaf = leaves.encode({ kind, original, public: shown, size: bytes.length })
  const source = { kind: 'entry', entry: kind, receivedAt: at } as const
  const head = encodeHead({ source, id, salt, size: bytes.length, frame, leaf })
  return { id, head, frame, framedLeaf: frameLeaf(leaf), leafIndex: -1 }
}

function sealItem({ bytes, frame, provenance }: ArchiveItem, id: Buffer): Seal & { readonly frame: Uint8Array } {
  if (frame === undefined && !sha256Buffer(bytes).equals(id))
    throw new Fault(`Cannot archive measurement ${provenance.id}: its bytes have another digest`)
  return { ...sealBytes(bytes), frame: frame ?? encodeFrame(bytes) }
}

const tooLong = (what: string, found: number, most: number): InputError =>
  new InputError(`Cannot archive ${what}: found ${found} bytes`, {
    code: 'archive.too-long',
    path: '',
    expected: `at most ${most} bytes`,
  })
