import { Fault } from '../../core/model/errors.ts'
import type { Disk } from '../../runtime/files/disk.ts'
import type { ArchiveIndex } from './ids/archive-index.ts'
import { eraseEntry } from './erase-record.ts'
import type { Erasure, Erasures } from './erasures.ts'
import { IdIndex } from './ids/id-index.ts'
import type { Layout } from './layout.ts'
import { leavesBySidecar, notErased, readSegmentHead, recoverIds, type SegmentFiles } from './recover.ts'
import { ActiveSegment, saveSidecar } from './segment.ts'
import type { SegmentHead } from './segment-head.ts'
import { readEntries } from './sidecar.ts'

interface Place {
  readonly layout: Layout
  readonly disk: Disk
  readonly erasures: Erasures
}

/**
 * Opens a segment whose ids are in a run: looks at its head, at the lengths of its files and at what was erased in it, and
 * reads no entry else. Throws Fault where something is missing or damaged.
 */
export async function skipSegment(
  number: number,
  { index, erased, ...place }: Place & { readonly index: ArchiveIndex; readonly erased: readonly Erasure[] },
): Promise<SegmentHead> {
  const { layout, disk } = place
  const { head, leaves } = await withFiles(number, place, async (files) => {
    const found = await readSegmentHead(files.file)
    if (found?.number !== number) throw new Fault(`Cannot open "${files.file.path}": its head is damaged`)
    return { head: found, leaves: await leavesBySidecar(found, files, { index, disk, layout }) }
  })
  const held = leaves ?? (await remakeIds(head, place)).held
  const nths = erased.map(({ leafIndex }) => leafIndex - head.firstLeaf)
  const entries = nths.length === 0 ? [] : await readEntries(layout.sidecar(number), nths, disk)
  if (entries === undefined) await remakeIds(head, place)
  for (const [nth, { id }] of (entries ?? []).entries())
    if (id.some((byte) => byte !== 0)) throw notErased(erased[nth]!.leafIndex, layout.segment(number)) // one for each
  index.skip(held)
  return head
}

/**
 * Ids and offsets of a segment that takes no further record, from its sidecar; where that is gone or damaged it is made
 * again from the records. An erasure that was at work meanwhile is done again in what was made.
 */
export async function remakeIds(head: SegmentHead, place: Place): Promise<IdIndex> {
  const { layout, disk, erasures } = place
  return withFiles(head.number, place, async (files) => {
    const index = new IdIndex(head.firstLeaf)
    const recovered = await recoverIds(head, files, { layout, disk, index })
    if (recovered.fromSidecar) return index
    await saveSidecar(new ActiveSegment(head, { ...files, ...recovered }), { layout, disk, index })
    for (const { segment, leafIndex, offset } of erasures.all) {
      if (segment !== head.number) continue
      index.erase(leafIndex)
      await eraseEntry(layout.sidecar(segment), { nth: leafIndex - head.firstLeaf, offset }, disk)
    }
    return index
  })
}

async function withFiles<T>(
  number: number,
  { layout, disk }: Place,
  work: (files: SegmentFiles) => Promise<T>,
): Promise<T> {
  const file = await disk.open(layout.segment(number), 'read')
  try {
    const leaves = await disk.open(layout.leafFile(number), 'read')
    try {
      return await work({ file, leaves, last: false })
    } finally {
      await leaves.close()
    }
  } finally {
    await file.close()
  }
}
