import { Fault } from '../../core/model/errors.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { remakeRows, type Rebuilt, type Sources } from '../../pipeline/judge/rebuild.ts'
import type { RowBytes } from '../../store/warehouse/contract.ts'
import { systemClock } from '../../runtime/clock.ts'
import { FreeSpace, measureSpace, noneBelow } from '../../runtime/files/free-space.ts'
import { packageVersion } from '../../runtime/files/package-root.ts'
import { loadTables } from '../../runtime/tables/tables.ts'
import type { World } from '../../runtime/world.ts'
import { exclusively, folderDetection, isDetecting } from './detection.ts'
import type { OpenFolder } from './open.ts'

export interface RebuildOptions {
  /** Absolute paths of files of block-page fingerprints. */
  readonly fingerprintFiles: readonly string[]
  readonly onProgress: Sources['onProgress']
}

export interface RebuiltFolder {
  readonly rebuilt: Rebuilt
  /** Revisions of incidents that were published. */
  readonly revisions: number
}

/**
 * Makes the rows of a folder again from its archive, next to those that are read, and then puts them in their place and
 * detects: until then no reader sees a change, and what is taken in meanwhile is in both. Each step says what a crash
 * right after it leaves.
 */
export async function rebuildFolder(
  folder: OpenFolder,
  world: World,
  { fingerprintFiles, onProgress }: RebuildOptions,
): Promise<RebuiltFolder> {
  const [archive, warehouse] = [await folder.archive(), await folder.warehouse()]
  const { rulesVersion } = loadTables({ fingerprintFiles })

  // 1. Space for a second set of rows. Crash: nothing was changed.
  const bytes = await warehouse.rowBytes()
  refuseWithoutSpace(bytes, { judged: await warehouse.leafBound(), archived: archive.size })

  // 2. Tables next to those that are read. Crash: the next rebuild continues with them, or drops them if the rules or the
  // program are of another version by then.
  using remaking = await warehouse.remake(`${packageVersion()} ${rulesVersion}`)
  const seen = (await folder.seenValues()).again(remaking.resumed)
  // Behind a server the threads give way to it.
  const threads = folder.isServed ? { fingerprintFiles, background: true as const } : { fingerprintFiles }
  await using judge = openPortionJudge(threads, { isRead: true, seen })

  // 3. Rows of all leaves. Crash: those that were stored are not made again.
  const space = new FreeSpace(() => measureSpace(folder.path), systemClock)
  const { rebuilt, size } = await remakeRows({
    ...{ archive, warehouse: remaking, judge, signal: world.signal },
    onProgress: (progress) => {
      if (space.level() === 'none')
        throw new Fault('Cannot go on with the rebuild: the disk is full; the same command continues when it has space')
      onProgress(progress)
    },
  })

  // 4. Which values are common, at once. Crash: what is noted again from now on is noted there.
  const swap = async (): Promise<void> => {
    seen.adopt()
    // 5. The rows take their place (write/remade.ts). Crash: the exchange is finished at the next opening, and the next detection
    // finds every series changed.
    await remaking.swap({
      looked: size,
      get size() {
        return archive.size
      },
      get erasedLeaves() {
        return archive.erasedLeaves
      },
    })
  }
  // Where nothing detects yet, a detection would first judge what the rows that are read lack: they are no longer of use.
  const [works, options] = [isDetecting(folder), { signal: world.signal }]
  if (!works) await exclusively(folder, swap)
  const detection = await folderDetection(folder, world)
  const { revisions } = works
    ? (await detection.runAfter(swap, 'all', options))[1]
    : await detection.run('all', options)
  return { rebuilt, revisions: revisions.length }
}

/** Bytes that a leaf takes in the rows, where there are none yet: measurements of three hundred operations take twice that. */
const LEAF_BYTES = 2000
/** Parts that are merged are there twice for a while. */
const WITH_MERGES = 1.3

/** Throws Fault where the disk has no space for a second set of rows. */
function refuseWithoutSpace(
  { read, made, free }: RowBytes,
  { judged, archived }: { readonly judged: number; readonly archived: number },
): void {
  const leafBytes = judged === 0 ? LEAF_BYTES : read / judged
  const needed = Math.round(leafBytes * archived * WITH_MERGES) - made
  const usable = free - noneBelow({ free, size: Infinity })
  if (needed <= usable) return
  throw new Fault(
    `Cannot rebuild: the new rows need some ${megabytes(needed)} next to the present ones, and ${megabytes(usable)} are free; ` +
      'or stop the server, delete the folder "warehouse" and run the same command',
  )
}

const megabytes = (bytes: number): string => `${Math.max(0, Math.ceil(bytes / 1e6))} MB`
