import { Fault, InputError } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { isMissing, type Disk } from '../../runtime/files/disk.ts'
import type { Erasure } from './erasures.ts'
import type { Layout } from './layout.ts'
import { HEADER_BYTES, ID_BYTES, decodeRecordHead, encodeErased, type RecordHead } from './record.ts'
import { readSegmentHead } from './recover.ts'
import type { SegmentHead } from './segment-head.ts'
import { encodeEntry, entryPosition } from './sidecar.ts'

/**
 * Overwrites one record in place, and its entry in the sidecar, durably. Needs nothing that it destroys, so that it can be
 * done again after a crash in its midst.
 *
 * BUG: a disk that writes elsewhere (flash, copy-on-write file systems, snapshots, backups) may keep the old bytes
 * below the file; docs/formats/archive.md says what an operator does about that.
 */
export async function eraseRecord(
  erasure: Erasure,
  { layout, disk }: { readonly layout: Layout; readonly disk: Disk },
): Promise<void> {
  const file = await disk.open(layout.segment(erasure.segment), 'write')
  let nth: number
  try {
    const head = await readSegmentHead(file)
    if (head === undefined)
      throw new Fault(`Cannot erase leaf ${erasure.leafIndex} in "${file.path}": its head is damaged`)
    nth = erasure.leafIndex - head.firstLeaf
    await file.write(encodeErased(head.nonce, erasure), erasure.offset)
    await file.sync()
  } finally {
    await file.close()
  }
  await eraseEntry(layout.sidecar(erasure.segment), { nth, offset: erasure.offset }, disk)
}

/** Reads the head of the record at an offset of a segment. Throws Fault where it is damaged. */
export async function readRecordHead(
  { number, nonce }: SegmentHead,
  offset: number,
  { layout, disk }: { readonly layout: Layout; readonly disk: Disk },
): Promise<RecordHead> {
  const file = await disk.open(layout.segment(number), 'read')
  try {
    const bytes = Buffer.alloc(HEADER_BYTES)
    await file.read(bytes, offset)
    const found = decodeRecordHead(bytes, nonce)
    if (found === undefined) throw new Fault(`Cannot erase in "${file.path}": the record at byte ${offset} is damaged`)
    return found
  } finally {
    await file.close()
  }
}

/** Overwrites the entry of a leaf in the sidecar of its segment, durably; one that is not there needs no act. */
export async function eraseEntry(path: string, entry: { nth: number; offset: number }, disk: Disk): Promise<void> {
  let sidecar
  try {
    sidecar = await disk.open(path, 'write')
  } catch (error) {
    if (isMissing(error)) return
    throw error
  }
  try {
    const bytes = encodeEntry(Buffer.alloc(ID_BYTES), entry.offset)
    const position = entryPosition(entry.nth)
    if (position + bytes.length > (await sidecar.size())) return // written before this leaf was added
    await sidecar.write(bytes, position)
    await sidecar.sync()
  } finally {
    await sidecar.close()
  }
}

/** The error for a measurement that is not there to be erased. */
export const unknownMeasurement = (id: Sha256): InputError =>
  new InputError(`Cannot erase measurement ${id}: it is not in the archive`, {
    code: 'archive.unknown',
    path: 'id',
    expected: 'the id of an archived measurement',
  })

const MAX_REASON_CHARACTERS = 1000

/** The reason stays permanently and is published: it must not carry what is erased. Throws InputError. */
export function checkReason(reason: string, id: Sha256): void {
  const fits = reason.trim().length > 0 && reason.length <= MAX_REASON_CHARACTERS && reason.isWellFormed()
  if (fits && !reason.toLowerCase().includes(id)) return
  throw new InputError('Cannot erase measurement: the reason is empty, too long or names the measurement', {
    code: 'archive.reason',
    path: 'reason',
    expected: `1 to ${MAX_REASON_CHARACTERS} characters without the id`,
  })
}
