import { crc32 } from 'node:zlib'
import { NONCE_BYTES } from './record.ts'

/** First bytes of a segment. Layout: docs/formats/archive.md, "Segment". */
export const SEGMENT_HEAD_BYTES = 32
const MAGIC = Buffer.from('KUAGSEG1', 'latin1')

export interface SegmentHead {
  readonly number: number
  readonly firstLeaf: number
  /** Random bytes at the start of every record: what an unknown sender sends cannot look like a record. */
  readonly nonce: Buffer
}

/** The 32 bytes with which a segment starts. */
export function encodeSegmentHead(head: SegmentHead): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEAD_BYTES)
  bytes.set(MAGIC, 0)
  bytes.writeUInt32BE(head.number, 8)
  bytes.writeUIntBE(head.firstLeaf, 14, 6)
  bytes.set(head.nonce, 20)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 20 + NONCE_BYTES)), 28)
  return bytes
}

/** Gives the head of a segment, or undefined where the bytes are none. */
export function decodeSegmentHead(bytes: Buffer): SegmentHead | undefined {
  if (bytes.length < SEGMENT_HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
  if (bytes.readUInt32BE(28) !== crc32(bytes.subarray(0, 28))) return undefined
  return {
    number: bytes.readUInt32BE(8),
    firstLeaf: bytes.readUIntBE(14, 6),
    nonce: Buffer.from(bytes.subarray(20, 20 + NONCE_BYTES)),
  }
}
