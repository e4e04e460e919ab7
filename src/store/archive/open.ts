import { basename, dirname, join } from 'node:path'
import { Fault } from '../../core/model/errors.ts'
import { REAL_DISK, type Disk } from '../../runtime/files/disk.ts'
import { UNFINISHED, readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import type { Archive, LeafCodec } from './contract.ts'
import { eraseRecord } from './erase-record.ts'
import { openErasures } from './erasures.ts'
import { FileArchive } from './file-archive.ts'
import { ArchiveIndex, RUN_LEAVES } from './ids/archive-index.ts'
import { IdKey } from './ids/id-key.ts'
import { FORMAT_TEXT, SEGMENT_BYTES, layoutOf, numbersOf, type Layout } from './layout.ts'
import { readSegmentHead, recoverSegment, type RecoverOptions } from './recover.ts'
import { ActiveSegment, createSegment, saveSidecar } from './segment.ts'
import { remakeIds, skipSegment } from './sealed-segment.ts'
import type { SegmentHead } from './segment-head.ts'
import { awayDisk } from './ship/away-disk.ts'

export interface ArchiveOptions {
  /** `LEAF_CODEC` of core/evidence/log/leaf-record.ts. */
  readonly leaves: LeafCodec
  /** Bytes after which a segment takes no further group. */
  readonly segmentBytes?: number
  /** Leaves of full segments after which their ids are on the disk alone; tests use few. */
  readonly runLeaves?: number
  readonly disk?: Disk
  /** Where segments are that were removed from this disk (ship/away-disk.ts); without it their records cannot be read. */
  readonly away?: ObjectStore | undefined
  /** Hears how far it is while ids of many segments are sorted, which happens once. */
  readonly onProgress?: (progress: { readonly segment: number; readonly segments: number }) => void
}

/**
 * Opens the archive in a folder, which is made where it is missing. The caller holds the folder
 * (runtime/files/data-folder.ts): two openers at once would destroy it.
 *
 * What an interrupted write left behind is cut, an interrupted erasure is finished. Throws Fault, and changes nothing,
 * where something that may have been acknowledged is missing or damaged.
 */
export async function openArchive(folder: string, options: ArchiveOptions): Promise<Archive> {
  const layout = layoutOf(folder)
  const disk = awayDisk(options.disk ?? REAL_DISK, layout, options.away)
  await prepareFolder(layout, disk)
  const erasures = await openErasures(layout, disk)
  try {
    for (const erasure of erasures.unfinished) {
      await eraseRecord(erasure, { layout, disk })
      await erasures.finish(erasure.leafIndex)
    }
    const heads: SegmentHead[] = []
    const index = new ArchiveIndex({
      ...{ layout, disk, heads },
      key: new IdKey(erasures.keyFor('runs of ids')),
      runLeaves: options.runLeaves ?? RUN_LEAVES,
      remake: (head) => remakeIds(head, { layout, disk, erasures }),
    })
    const tell = options.onProgress ?? (() => undefined)
    const active = await openSegments(heads, { layout, disk, index, erasures, tell })
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

interface OpenParts extends Omit<RecoverOptions, 'index'> {
  readonly index: ArchiveIndex
  readonly tell: NonNullable<ArchiveOptions['onProgress']>
}

/** Opens every segment in order, whose heads it adds to the list; gives the active one. */
async function openSegments(heads: SegmentHead[], options: OpenParts): Promise<ActiveSegment> {
  const { layout, disk, index, erasures } = options
  const names = await disk.list(layout.segments)
  const numbers = numbersOf(names, 'segment')
  const leafNumbers = numbersOf(await disk.list(layout.leaves), 'leaves')
  for (const [nth, number] of numbers.entries())
    if (number !== nth + 1 || leafNumbers[nth] !== number)
      throw new Fault(`Cannot open archive "${layout.folder}": segment or leaf file ${nth + 1} is missing`)
  await checkSpareLeafFiles(leafNumbers.slice(numbers.length), numbers.length + 1, options)
  const lastInRun = await index.openRuns(numbersOf(names, 'ids'), numbers.length)
  const erased = Map.groupBy(erasures.all, ({ segment }) => segment)
  for (const number of numbers) {
    if (number <= lastInRun) {
      heads.push(await skipSegment(number, { layout, disk, erasures, index, erased: erased.get(number) ?? [] }))
      if (number < lastInRun || index.size === index.runsEnd) continue
      throw new Fault(
        `Cannot open "${layout.run(number)}": it holds ${index.runsEnd} leaves, the segments ${index.size}`,
      )
    }
    const last = number === numbers.length
    const opened = await openSegment(number, last, { ...options, index: index.recent })
    heads.push(opened.head)
    if (last) return opened
    await opened.close()
    // Where the disk refuses it, the ids stay in memory.
    if (await index.settle(number).catch(() => false)) options.tell({ segment: number, segments: numbers.length })
  }
  const active = await createSegment(layout, disk, { number: 1, firstLeaf: index.size })
  heads.push(active.head)
  return active
}

/** A rotation that was interrupted leaves one empty leaf file; more than that is no crash. */
async function checkSpareLeafFiles(spare: readonly number[], next: number, options: OpenParts): Promise<void> {
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
