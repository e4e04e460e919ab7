import { availableParallelism } from 'node:os'
import type { ImportStores } from '../pipeline/import.ts'
import { judgeArchived } from '../pipeline/judge-bytes.ts'
import type { JudgeTools } from '../pipeline/judge-bytes.ts'
import { openJudgePool } from '../pipeline/judge-pool.ts'
import { noteArchived } from '../pipeline/withheld/sighting.ts'
import { catchUp } from '../pipeline/rebuild.ts'
import { openCertificates } from '../sys/certificates.ts'
import { systemClock } from '../sys/clock.ts'
import { loadTables } from '../sys/tables.ts'
import type { World } from './command.ts'
import type { OpenFolder } from './folder.ts'

export interface StoresOptions {
  /** Files of block-page fingerprints, in the form of OONI's blocking-fingerprints, absolute paths. */
  readonly fingerprintFiles: readonly string[]
  /** Judging threads; one for each core (8 at most) where not given. */
  readonly threads?: number
}

/** Gives the rows that a crash kept out of the warehouse, judged from the archive, and takes away what was erased. */
export async function completeRows(folder: OpenFolder, world: World, tools: JudgeTools): Promise<void> {
  const seen = await folder.seenValues()
  const { stored, broken } = await catchUp({
    archive: await folder.archive(),
    warehouse: await folder.warehouse(),
    judge: (blob) => {
      noteArchived(blob, seen)
      return judgeArchived(blob, tools)
    },
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
  const tools: JudgeTools = { tables: loadTables(options), certificates: openCertificates() }
  const archive = await folder.archive()
  const warehouse = await folder.warehouse()
  await using pool = openJudgePool(options, options.threads ?? Math.min(availableParallelism(), 8))
  const stores: ImportStores = {
    folder: folder.path,
    archive,
    warehouse,
    pool,
    clock: systemClock,
    realm: () => folder.realm(),
  }
  await completeRows(folder, world, tools)
  const result = await task(stores)
  if (result.rowsLost) await completeRows(folder, world, tools)
  return result
}
