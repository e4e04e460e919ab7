import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import type { ArchiveLengths } from '../contract.ts'
import { decodeErasures } from '../erasures.ts'
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
  for (let number = 1; number <= segment; number++) {
    const last = number === segment
    files.push(
      { name: NAMES.leafFile(number), ...(last ? { bytes: leafBytes } : {}) },
      { name: NAMES.segment(number), ...(last ? { bytes: segmentBytes } : {}) },
    )
    // That of the last segment was written when the archive was closed, and says less than there is, or appears when
    // the segment is full, and says more.
    if (!last && sidecars.has(number)) files.push({ name: NAMES.sidecar(number) })
  }
  return files
}

/** Bytes of a file of an archive that an erasure overwrote. */
export interface ErasedRange {
  readonly name: string
  readonly from: number
  /** The byte after the last. */
  readonly until: number
}

/** Where a log of erasures says that bytes were overwritten: in segments, and somewhere in their sidecars. */
export function* erasedRanges(text: Buffer, path: string): Generator<ErasedRange, void, undefined> {
  for (const erasure of decodeErasures(text, path)) {
    yield { name: NAMES.segment(erasure.segment), from: erasure.offset, until: erasure.offset + recordBytes(erasure) }
    yield { name: NAMES.sidecar(erasure.segment), from: 0, until: Number.POSITIVE_INFINITY }
  }
}
