import { basename, dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { UNFINISHED, readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { Archive, LeafCodec } from './contract.ts'
import { eraseRecord } from './erase-record.ts'
import { openErasures } from './erasures.ts'
import { FileArchive } from './file-archive.ts'
import { IdIndex } from './id-index.ts'
import { FORMAT_TEXT, SEGMENT_BYTES, layoutOf, numbersOf, type Layout } from './layout.ts'
import { readSegmentHead, recoverSegment, type RecoverOptions } from './recover.ts'
import { ActiveSegment, createSegment, saveSidecar } from './segment.ts'
import type { SegmentHead } from './segment-head.ts'

export interface ArchiveOptions {
  /** `LEAF_CODEC` of core/evidence/log/leaf-record.ts. */
  readonly leaves: LeafCodec
  /** Bytes after which a segment takes no further group. */
  readonly segmentBytes?: number
  readonly disk?: Disk
}

/**
 * Opens the archive in a folder, which is made where it is missing. The caller holds the folder
 * (runtime/files/data-folder.ts): two openers at once would destroy it.
 *
 * What an interrupted write left behind is cut, an interrupted erasure is finished. Throws Fault, and changes nothing,
 * where something that may have been acknowledged is missing or damaged.
 */
export async function openArchive(folder: string, options: ArchiveOptions): Promise<Archive> {
  const disk = options.disk ?? REAL_DISK
  const layout = layoutOf(folder)
  await prepareFolder(layout, disk)
  const erasures = await openErasures(layout, disk)
  try {
    for (const erasure of erasures.unfinished) {
      await eraseRecord(erasure, { layout, disk })
      await erasures.finish(erasure.leafIndex)
    }
    const index = new IdIndex()
    const { heads, active } = await openSegments({ layout, disk, index, erasures })
    const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES
    return new FileArchive({ layout, disk, index, erasures, heads, active, segmentBytes, leaves: options.leaves })
  } catch (error) {
    await erasures.close()
    throw error
  }
}

async function prepareFolder(layout: Layout, disk: Disk): Promise<void> {
  for (const folder of [layout.folder, layout.segments, layout.leaves]) await disk.makeFolder(folder)
  await disk.syncFolder(dirname(layout.folder))
  await disk.syncFolder(layout.folder)
  for (const folder of [layout.folder, layout.segments])
    for (const name of await disk.list(folder)) if (name.endsWith(UNFINISHED)) await disk.remove(join(folder, name))
  const found = (await readWhole(layout.format, disk))?.toString('utf8')
  if (found === FORMAT_TEXT) return
  if (found !== undefined)
    throw new Fault(`Cannot open archive "${layout.folder}": its format is ${JSON.stringify(found.slice(0, 40))}`)
  if (numbersOf(await disk.list(layout.segments), 'segment').length > 0)
    throw new Fault(`Cannot open archive "${layout.folder}": it has segments, but "${basename(layout.format)}" is gone`)
  await writeDurable(layout.format, Buffer.from(FORMAT_TEXT), disk)
}

async function openSegments(options: RecoverOptions): Promise<{ heads: SegmentHead[]; active: ActiveSegment }> {
  const { layout, disk, index } = options
  const numbers = numbersOf(await disk.list(layout.segments), 'segment')
  const leafNumbers = numbersOf(await disk.list(layout.leaves), 'leaves')
  for (const [nth, number] of numbers.entries())
    if (number !== nth + 1 || leafNumbers[nth] !== number)
      throw new Fault(`Cannot open archive "${layout.folder}": segment or leaf file ${nth + 1} is missing`)
  await checkSpareLeafFiles(leafNumbers.slice(numbers.length), numbers.length + 1, options)
  const heads: SegmentHead[] = []
  for (const number of numbers) {
    const last = number === numbers.length
    const opened = await openSegment(number, last, options)
    heads.push(opened.head)
    if (last) return { heads, active: opened }
    await opened.close()
  }
  const active = await createSegment(layout, disk, { number: 1, firstLeaf: index.size })
  return { heads: [active.head], active }
}

/** A rotation that was interrupted leaves one empty leaf file; more than that is no crash. */
async function checkSpareLeafFiles(spare: readonly number[], next: number, options: RecoverOptions): Promise<void> {
  for (const number of spare) {
    const file = await options.disk.open(options.layout.leafFile(number), 'read')
    try {
      if (number !== next || (await file.size()) > 0)
        throw new Fault(`Cannot open "${file.path}": it holds leaves whose segment is missing`)
    } finally {
      await file.close()
    }
  }
}

async function openSegment(number: number, last: boolean, options: RecoverOptions): Promise<ActiveSegment> {
  const { layout, disk, index } = options
  const file = await disk.open(layout.segment(number), 'write')
  const leaves = await disk.open(layout.leafFile(number), 'write')
  try {
    const head = await readSegmentHead(file)
    if (head === undefined && last && (await leaves.size()) === 0 && (await readsAsUnmade(file.size()))) {
      await file.close()
      await leaves.close()
      return await createSegment(layout, disk, { number, firstLeaf: index.size })
    }
    if (head === undefined || head.number !== number) throw new Fault(`Cannot open "${file.path}": its head is damaged`)
    const recovered = await recoverSegment(head, { file, leaves, last }, options)
    // Leaves first: a leaf without its record would be taken for a loss, a record without its leaf is cut again.
    if ((await leaves.size()) > recovered.leavesEnd) {
      await leaves.truncate(recovered.leavesEnd)
      await leaves.sync()
    }
    if ((await file.size()) > recovered.end) {
      await file.truncate(recovered.end)
      await file.sync()
    }
    const segment = new ActiveSegment(head, { file, leaves, ...recovered })
    if (!last && !recovered.fromSidecar) await saveSidecar(segment, options)
    return segment
  } catch (error) {
    await file.close().catch(() => {})
    await leaves.close().catch(() => {})
    throw error
  }
}

/** A segment whose head was never written whole: no record can follow it. */
const readsAsUnmade = async (size: Promise<number>): Promise<boolean> => (await size) <= 32
