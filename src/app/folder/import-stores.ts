import type { World } from '../../runtime/world.ts'
import type { ImportStores } from '../../pipeline/import/import.ts'
import { openPortionJudge } from '../../pipeline/judge/judge-blobs.ts'
import { openJudgePool } from '../../pipeline/judge/judge-pool.ts'
import { catchUp } from '../../pipeline/judge/rebuild.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { systemClock } from '../../runtime/clock.ts'
import type { OpenFolder } from './open.ts'

export interface StoresOptions {
  /** Files of block-page fingerprints, in the form of OONI's blocking-fingerprints, absolute paths. */
  readonly fingerprintFiles: readonly string[]
  /** Judging threads; one for each core (8 at most) where not given. */
  readonly threads?: number
}

const COMPLETING = new WeakMap<OpenFolder, Mutex>()

/**
 * Gives the rows that a crash kept out of the warehouse, judged from the archive, and takes away what was erased. Of
 * several who ask at once the first does it.
 */
export function completeRows(folder: OpenFolder, world: World, options: StoresOptions): Promise<void> {
  const mutex = COMPLETING.get(folder) ?? new Mutex()
  COMPLETING.set(folder, mutex)
  return mutex.run(() => complete(folder, world, options))
}

async function complete(folder: OpenFolder, world: World, options: StoresOptions): Promise<void> {
  await using judge = openPortionJudge(options, { isRead: true, seen: await folder.seenValues() })
  const { stored, broken } = await catchUp({
    archive: await folder.archive(),
    warehouse: await folder.warehouse(),
    judge,
    onProgress: () => undefined,
    signal: world.signal,
  })
  if (stored > 0) world.err.write(`${stored} measurements of an interrupted import were judged from the archive\n`)
  if (broken.length > 0) world.err.write(`${broken.length} archived measurements could not be judged\n`)
}

/**
 * Opens the stores of a held folder with threads that judge, completes the warehouse from the archive before and
 * after, and gives them to a task. The threads end with it; the stores stay the folder's.
 */
export async function withImportStores<T extends { readonly rowsLost: boolean }>(
  world: World,
  folder: OpenFolder,
  options: StoresOptions,
  task: (stores: ImportStores) => Promise<T>,
): Promise<T> {
  const archive = await folder.archive()
  const warehouse = await folder.warehouse()
  const threads = options.threads === undefined ? {} : { threads: options.threads }
  await using pool = openJudgePool(options, { ...folder.limits.judges, ...threads })
  const stores: ImportStores = {
    folder: folder.path,
    archive,
    warehouse,
    pool,
    clock: systemClock,
    realm: () => folder.realm(),
  }
  await completeRows(folder, world, options)
  const result = await task(stores)
  if (result.rowsLost) await completeRows(folder, world, options)
  return result
}
