import { isTarHeader } from './tar-header.ts'

/** What the first bytes of a stream say it is; names of files are not asked. */
export type Format = 'gzip' | 'zstd' | 'tar' | 'text' | 'empty' | 'unknown'

/** Bytes of the beginning that `sniff` wants to see. */
export const SNIFF_BYTES = 512

/**
 * Tells the format from the first 512 bytes (fewer where the stream is shorter).
 * Sources: RFC 1952 §2.3.1, RFC 8878 §3.1, POSIX.1-2001 pax (ustar).
 */
export function sniff(head: Buffer): Format {
  if (head.length === 0) return 'empty'
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  if (head.length >= 4) {
    const magic = head.readUInt32LE(0)
    if (magic === 0xfd2fb528 || (magic & 0xfffffff0) >>> 0 === 0x184d2a50) return 'zstd'
  }
  if (head.length === SNIFF_BYTES && (isTarHeader(head) || head.every((byte) => byte === 0))) return 'tar'
  return head.includes(0) ? 'unknown' : 'text'
}
