import { crc32 } from 'node:zlib'
import type { Disk } from '../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import { ID_BYTES } from './record.ts'

const MAGIC = Buffer.from('KUAGIDX1', 'latin1')
const HEAD_BYTES = 48
/** id, offset, checksum of the two. Each entry stands alone, so that one can be overwritten in place. */
const ENTRY_BYTES = ID_BYTES + 8

/** Ids and offsets of a segment, so that opening need not read it; always derived, never trusted against its lengths. */
export interface Sidecar {
  readonly number: number
  readonly firstLeaf: number
  readonly count: number
  /** Lengths of the segment and of its leaf file when this was written: up to here all was acknowledged. */
  readonly segmentEnd: number
  readonly leavesEnd: number
}

export interface SidecarEntry {
  readonly id: Buffer
  readonly offset: number
}

/** Bytes of one entry; an id of zeros is an erased leaf. */
export function encodeEntry(id: Uint8Array, offset: number): Buffer {
  const entry = Buffer.allocUnsafe(ENTRY_BYTES)
  entry.set(id, 0)
  entry.writeUInt32BE(offset, ID_BYTES)
  entry.writeUInt32BE(crc32(entry.subarray(0, ID_BYTES + 4)), ID_BYTES + 4)
  return entry
}

/** Position of the entry of the nth leaf of a segment. */
export const entryPosition = (nth: number): number => HEAD_BYTES + nth * ENTRY_BYTES

/** Writes the sidecar of a segment durably. */
export async function writeSidecar(
  path: string,
  head: Sidecar,
  options: { readonly disk: Disk; readonly entry: (nth: number) => SidecarEntry },
): Promise<void> {
  const bytes = Buffer.alloc(entryPosition(head.count))
  bytes.set(MAGIC, 0)
  bytes.writeUInt32BE(head.number, 8)
  bytes.writeUInt32BE(head.count, 12)
  bytes.writeUIntBE(head.firstLeaf, 18, 6)
  bytes.writeUIntBE(head.segmentEnd, 26, 6)
  bytes.writeUIntBE(head.leavesEnd, 34, 6)
  bytes.writeUInt32BE(crc32(bytes.subarray(0, HEAD_BYTES - 4)), HEAD_BYTES - 4)
  for (let nth = 0; nth < head.count; nth++) {
    const { id, offset } = options.entry(nth)
    bytes.set(encodeEntry(id, offset), entryPosition(nth))
  }
  await writeDurable(path, bytes, options.disk)
}

export interface LoadedSidecar extends Sidecar {
  readonly entries: readonly SidecarEntry[]
}

/** Gives the sidecar at a path, or undefined where there is none or any byte of it is damaged. */
export async function readSidecar(path: string, disk: Disk): Promise<LoadedSidecar | undefined> {
  const bytes = await readWhole(path, disk)
  if (bytes === undefined || bytes.length < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
  if (bytes.readUInt32BE(HEAD_BYTES - 4) !== crc32(bytes.subarray(0, HEAD_BYTES - 4))) return undefined
  const count = bytes.readUInt32BE(12)
  if (bytes.length !== entryPosition(count)) return undefined
  const entries: SidecarEntry[] = []
  for (let nth = 0; nth < count; nth++) {
    const at = entryPosition(nth)
    if (bytes.readUInt32BE(at + ID_BYTES + 4) !== crc32(bytes.subarray(at, at + ID_BYTES + 4))) return undefined
    entries.push({ id: bytes.subarray(at, at + ID_BYTES), offset: bytes.readUInt32BE(at + ID_BYTES) })
  }
  return {
    number: bytes.readUInt32BE(8),
    count,
    firstLeaf: bytes.readUIntBE(18, 6),
    segmentEnd: bytes.readUIntBE(26, 6),
    leavesEnd: bytes.readUIntBE(34, 6),
    entries,
  }
}
