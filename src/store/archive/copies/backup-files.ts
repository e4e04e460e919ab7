import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import type { ArchiveLengths } from '../contract.ts'
import { decodeErasureLog } from '../erasures.ts'
import { layoutOf, numbersOf } from '../layout.ts'
import { recordBytes } from '../record.ts'

/** A file of an archive that belongs into a copy, and how many of its bytes; absent: all. */
export interface ArchiveFile {
  readonly name: string
  readonly bytes?: number
}

/** Names within the folder of an archive. */
const NAMES = layoutOf('')

/** Files of an archive up to given lengths: format, segments, leaves and sidecars. Runs of ids are made again. */
export async function archiveFiles(
  folder: string,
  { segment, segmentBytes, leafBytes }: ArchiveLengths,
  disk: Disk = REAL_DISK,
): Promise<readonly ArchiveFile[]> {
  const files: ArchiveFile[] = [{ name: NAMES.format }]
  const names = await disk.list(layoutOf(folder).segments)
  const sidecars = new Set(numbersOf(names, 'index'))
  const rows = new Set(numbersOf(names, 'rows'))
  for (let number = 1; number <= segment; number++) {
    const last = number === segment
    files.push(
      { name: NAMES.leafFile(number), ...(last ? { bytes: leafBytes } : {}) },
      { name: NAMES.segment(number), ...(last ? { bytes: segmentBytes } : {}) },
    )
    // That of the last segment was written when the archive was closed, and says less than there is, or appears when
    // the segment is full, and says more.
    if (!last && sidecars.has(number)) files.push({ name: NAMES.sidecar(number) })
    // After its segment: what a thinned segment needs is there by then.
    if (rows.has(number)) files.push({ name: NAMES.rows(number) })
  }
  return files
}

/** Bytes of a file of an archive that an erasure overwrote. */
export interface ErasedRange {
  readonly name: string
  readonly from: number
  /** The byte after the last. */
  readonly until: number
  /** What an earlier copy has there is laid out otherwise: a piece of today cannot take its place. */
  readonly isOther?: true
}

/**
 * Where a log of erasures says that bytes were overwritten: in segments, and somewhere in their sidecars. A segment that
 * was thinned is another file: of it everything may be erased, in what is kept of it too.
 */
export function* erasedRanges(text: Buffer, path: string): Generator<ErasedRange, void, undefined> {
  const { byLeaf, thinned } = decodeErasureLog(text, path)
  for (const erasure of byLeaf.values()) {
    if (thinned.lastOf(erasure.segment) !== undefined) {
      for (const name of [NAMES.segment, NAMES.sidecar, NAMES.rows])
        yield { name: name(erasure.segment), from: 0, until: Number.POSITIVE_INFINITY, isOther: true }
      continue
    }
    yield { name: NAMES.segment(erasure.segment), from: erasure.offset, until: erasure.offset + recordBytes(erasure) }
    yield { name: NAMES.sidecar(erasure.segment), from: 0, until: Number.POSITIVE_INFINITY }
  }
}
