import { open } from 'node:fs/promises'
import { Fault } from '../../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { readWhole, writeDurable } from '../../../runtime/files/durable-file.ts'
import { eraseRecord } from '../erase-record.ts'
import { decodeErasures, encodeErasures, type Erasure } from '../erasures.ts'
import { layoutOf, numbersOf, type Layout } from '../layout.ts'
import { HEADER_BYTES, decodeRecordHead } from '../record.ts'
import { readSegmentHead } from '../recover.ts'

/** What became of the erasures of a restored archive. */
export interface ErasedAgain {
  /** Records that are overwritten. */
  readonly erased: number
  /** Erasures of leaves that the copy does not have, or has other records at: they are left out of its log. */
  readonly leftOut: number
}

export interface RestoredArchive {
  /** Leaves of the copy. */
  readonly leaves: number
  /** The log of erasures of a later copy of the same archive; absent: none is known. */
  readonly later?: Buffer
  readonly disk?: Disk
}

/**
 * Makes every erasure that is known true of a copy of an archive, whose bytes may be older than its log of erasures:
 * overwrites the records, and writes the log without what the copy does not have. Can be repeated.
 */
export async function eraseRestored(
  folder: string,
  { leaves, later, disk = REAL_DISK }: RestoredArchive,
): Promise<ErasedAgain> {
  const layout = layoutOf(folder)
  const text = (await readWhole(layout.erasures, disk)) ?? Buffer.alloc(0)
  const own = decodeErasures(text, layout.erasures)
  const known = new Set(own.map(({ tombstone }) => tombstone))
  // Lines are only added: a later log that begins otherwise is of a copy that went its own way.
  const sameHistory = later?.subarray(0, text.length).equals(text) ?? false
  const more = later === undefined ? [] : decodeErasures(later, layout.erasures)
  const all: Erasure[] = own.filter(({ leafIndex }) => leafIndex < leaves)
  let leftOut = own.length - all.length
  for (const erasure of more) {
    if (known.has(erasure.tombstone)) continue
    const ours = erasure.leafIndex < leaves && (sameHistory || (await isRecordOf(erasure, layout, disk)))
    if (ours) all.push(erasure)
    else leftOut++
  }
  for (const erasure of all) await eraseRecord(erasure, { layout, disk })
  if (all.length > 0 || text.length > 0) await writeDurable(layout.erasures, encodeErasures(all), disk)
  return { erased: all.length, leftOut }
}

/** Whether the record that an erasure names is in its segment. */
async function isRecordOf(erasure: Erasure, layout: Layout, disk: Disk): Promise<boolean> {
  const file = await disk.open(layout.segment(erasure.segment), 'read').catch(() => undefined)
  if (file === undefined) return false
  try {
    const head = await readSegmentHead(file)
    if (head === undefined) throw new Fault(`Cannot restore "${file.path}": its head is damaged`)
    const bytes = Buffer.alloc(HEADER_BYTES)
    const isThere = (await file.size()) >= erasure.offset + HEADER_BYTES
    if (isThere) await file.read(bytes, erasure.offset)
    const found = decodeRecordHead(bytes, head.nonce)
    return (
      found?.leafIndex === erasure.leafIndex &&
      found.batchLeaf === erasure.batchLeaf &&
      found.leafCrc === erasure.leafCrc &&
      found.originBytes === erasure.originBytes &&
      found.frameBytes === erasure.frameBytes
    )
  } finally {
    await file.close()
  }
}

const PIECE_BYTES = 4 * 1024 * 1024

/**
 * Leaf records of an archive that no process has open, in order, by its leaf files alone. Each is valid until the next
 * one. Throws Fault for a file that does not end with a leaf.
 */
export async function* readLeafFiles(folder: string): AsyncGenerator<Uint8Array, void, undefined> {
  const layout = layoutOf(folder)
  for (const number of numbersOf(await REAL_DISK.list(layout.leaves), 'leaves')) {
    const path = layout.leafFile(number)
    const handle = await open(path)
    try {
      let rest = Buffer.alloc(0)
      for await (const piece of handle.createReadStream({ highWaterMark: PIECE_BYTES, autoClose: false })) {
        const bytes = Buffer.concat([rest, piece as Buffer]) // a stream without an encoding gives buffers
        let at = 0
        while (at + 2 <= bytes.length && at + 2 + bytes.readUInt16BE(at) <= bytes.length) {
          const end = at + 2 + bytes.readUInt16BE(at)
          yield bytes.subarray(at + 2, end)
          at = end
        }
        rest = bytes.subarray(at)
      }
      if (rest.length > 0) throw new Fault(`Cannot read "${path}": its last leaf is cut off`)
    } finally {
      await handle.close()
    }
  }
}
