import { Fault, InputError } from '../../core/model/errors.ts'
import type { Sha256 } from '../../core/model/units.ts'
import { isMissing, type Disk, type DiskFile } from '../../runtime/files/disk.ts'
import type { Erasure } from './erasures.ts'
import type { Layout } from './layout.ts'
import { HEADER_BYTES, ID_BYTES, decodeRecordHead, encodeErased, type RecordHead } from './record.ts'
import { readSegmentHead } from './recover.ts'
import { SEGMENT_HEAD_BYTES, type SegmentHead } from './segment-head.ts'
import { walkSegment } from './segment-walk.ts'
import { encodeEntry, entryPosition } from './sidecar.ts'
import { eraseRow } from './thin/rows-file.ts'
import { Window } from './window.ts'

/**
 * Overwrites one record in place, and gives where that was; and its entry in the sidecar, and takes out what is kept of it where it was thinned; all
 * durable when resolved. Needs nothing that it destroys, so that it can be done again after a crash in its midst. A whole
 * record of the leaf that is elsewhere, as in an older copy of a segment that was thinned since, is found.
 *
 * BUG: a disk that writes elsewhere (flash, copy-on-write file systems, snapshots, backups) may keep the old bytes
 * below the file; docs/formats/archive.md says what an operator does about that.
 */
export async function eraseRecord(
  erasure: Erasure,
  { layout, disk }: { readonly layout: Layout; readonly disk: Disk },
): Promise<Erasure> {
  const file = await disk.open(layout.segment(erasure.segment), 'write')
  let nth: number
  let done: Erasure
  try {
    const head = await readSegmentHead(file)
    if (head === undefined)
      throw new Fault(`Cannot erase leaf ${erasure.leafIndex} in "${file.path}": its head is damaged`)
    nth = erasure.leafIndex - head.firstLeaf
    done = await findRecord(file, head, erasure)
    await file.write(encodeErased(head.nonce, done), done.offset)
    await file.sync()
  } finally {
    await file.close()
  }
  await eraseEntry(layout.sidecar(erasure.segment), { nth, offset: done.offset }, disk)
  await eraseRow(layout.rows(erasure.segment), erasure.leafIndex, disk)
  return done
}

/** An erasure with its record as it is found: where it is and how long. As the log says where it is half overwritten. */
export async function findRecord(file: DiskFile, { nonce }: SegmentHead, erasure: Erasure): Promise<Erasure> {
  const at = (offset: number, found: RecordHead): Erasure => {
    const { leafIndex, batchLeaf, originBytes, frameBytes, leafBytes, leafCrc } = found
    return { ...erasure, offset, leafIndex, batchLeaf, originBytes, frameBytes, leafBytes, leafCrc }
  }
  const bytes = Buffer.alloc(HEADER_BYTES)
  try {
    await file.read(bytes, erasure.offset)
  } catch (error) {
    // The segment is only on object storage, where nothing is written from here.
    if (error instanceof Fault) return erasure
    throw error
  }
  const here = decodeRecordHead(bytes, nonce)
  if (here?.leafIndex === erasure.leafIndex) return at(erasure.offset, here)
  const window = new Window(file, await file.size())
  for await (const walked of walkSegment(window, { nonce, from: SEGMENT_HEAD_BYTES, bodies: false }))
    if (walked.kind === 'record' && walked.head.leafIndex === erasure.leafIndex) return at(walked.offset, walked.head)
  return erasure
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
