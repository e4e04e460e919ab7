import { crc32 } from 'node:zlib'
import { isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
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

/** A sidecar of which every byte was checked. */
export interface LoadedSidecar extends Sidecar {
  /** Gives id and offset of each leaf in their order; an id is valid until the next one is given. */
  each(take: (id: Uint8Array, offset: number) => void): void
}

/** Gives the sidecar at a path, or undefined where there is none or any byte of it is damaged. */
export async function readSidecar(path: string, disk: Disk): Promise<LoadedSidecar | undefined> {
  const bytes = await readWhole(path, disk)
  const head = bytes === undefined ? undefined : decodeSidecarHead(bytes)
  if (bytes === undefined || head === undefined || bytes.length !== entryPosition(head.count)) return undefined
  for (let at = HEAD_BYTES; at < bytes.length; at += ENTRY_BYTES)
    if (bytes.readUInt32BE(at + ID_BYTES + 4) !== crc32(bytes.subarray(at, at + ID_BYTES + 4))) return undefined
  return {
    ...head,
    each(take) {
      for (let at = HEAD_BYTES; at < bytes.length; at += ENTRY_BYTES)
        take(bytes.subarray(at, at + ID_BYTES), bytes.readUInt32BE(at + ID_BYTES))
    },
  }
}

/** What a sidecar says of its segment, without its entries; undefined where it is gone, damaged there or of another length. */
export async function readSidecarHead(path: string, disk: Disk): Promise<Sidecar | undefined> {
  return withSidecar(path, disk, async (file) => {
    const bytes = Buffer.alloc(HEAD_BYTES)
    await file.read(bytes, 0)
    const head = decodeSidecarHead(bytes)
    return head !== undefined && (await file.size()) === entryPosition(head.count) ? head : undefined
  })
}

/** Some entries of a sidecar; undefined where it is gone or one of them is damaged. */
export async function readEntries(
  path: string,
  nths: readonly number[],
  disk: Disk,
): Promise<readonly SidecarEntry[] | undefined> {
  return withSidecar(path, disk, async (file) => {
    const entries: SidecarEntry[] = []
    for (const nth of nths) {
      const bytes = Buffer.alloc(ENTRY_BYTES)
      const whole = (await file.read(bytes, entryPosition(nth))) === ENTRY_BYTES
      if (!whole || bytes.readUInt32BE(ID_BYTES + 4) !== crc32(bytes.subarray(0, ID_BYTES + 4))) return undefined
      entries.push({ id: bytes.subarray(0, ID_BYTES), offset: bytes.readUInt32BE(ID_BYTES) })
    }
    return entries
  })
}

async function withSidecar<T>(
  path: string,
  disk: Disk,
  read: (file: DiskFile) => Promise<T | undefined>,
): Promise<T | undefined> {
  let file: DiskFile
  try {
    file = await disk.open(path, 'read')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
  try {
    return await read(file)
  } finally {
    await file.close()
  }
}

/** What the first bytes of a sidecar say; undefined where they are damaged. */
export function decodeSidecarHead(bytes: Buffer): Sidecar | undefined {
  if (bytes.length < HEAD_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined
  if (bytes.readUInt32BE(HEAD_BYTES - 4) !== crc32(bytes.subarray(0, HEAD_BYTES - 4))) return undefined
  return {
    number: bytes.readUInt32BE(8),
    count: bytes.readUInt32BE(12),
    firstLeaf: bytes.readUIntBE(18, 6),
    segmentEnd: bytes.readUIntBE(26, 6),
    leavesEnd: bytes.readUIntBE(34, 6),
  }
}
