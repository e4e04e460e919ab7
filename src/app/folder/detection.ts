import { join } from 'node:path'
import { Mutex } from '../../runtime/mutex.ts'
import type { World } from '../../runtime/world.ts'
import { parseDerivationTables } from '../../core/derive/derivation-tables.ts'
import { defaultSettings } from '../../core/detect/chain/default-settings.ts'
import { groupEpisodes } from '../../core/detect/shown/group.ts'
import { incidentImpact } from '../../core/detect/shown/impact.ts'
import { Detection, type Detected, type RunOptions } from '../../pipeline/detect/detection.ts'
import { openDetectPool } from '../../pipeline/detect/detect-pool.ts'
import type { DetectionScope } from '../../pipeline/detect/series-plan.ts'
import type { DetectTables } from '../../pipeline/detect/sources.ts'
import { digest } from '../../pipeline/judge/judge-bytes.ts'
import { systemClock, type Clock } from '../../runtime/clock.ts'
import { readDerivationFiles } from '../../runtime/tables/derivation-files.ts'
import { loadImpactTable, withNetworkUsers } from '../../runtime/tables/impact-table.ts'
import { fingerprintFiles } from './fingerprint-files.ts'
import type { OpenFolder } from './open.ts'
import { folderOutages } from './outages.ts'
import { completeRows } from './import-stores.ts'

/** File in the folder of incidents in which a detection leaves up to where it came. */
export const DETECTED = 'detected.json'

/**
 * The detection of one folder: one run after another for all callers, with threads that stay while the folder is open.
 */
export interface FolderDetection {
  run(scope: DetectionScope, options: RunOptions): Promise<Detected>
  /**
   * Does work that no other detection may meet, then detects: what the work changed is in the revisions of this one.
   */
  runAfter<T>(work: () => Promise<T>, scope: DetectionScope, options: RunOptions): Promise<readonly [T, Detected]>
}

const OPEN = new WeakMap<OpenFolder, Promise<FolderDetection>>()
const MUTEXES = new WeakMap<OpenFolder, Mutex>()

/** Whether the detection of a folder was opened. */
export const isDetecting = (folder: OpenFolder): boolean => OPEN.has(folder)

/**
 * Runs work of a folder that must not meet a detection, after the detections that were asked for before: a rebuilding
 * warehouse holds a part of the measurements, and incidents would be withdrawn for want of the others.
 */
export function exclusively<T>(folder: OpenFolder, work: () => Promise<T>): Promise<T> {
  const mutex = MUTEXES.get(folder) ?? new Mutex()
  MUTEXES.set(folder, mutex)
  return mutex.run(work)
}

/**
 * The detection of a held folder, made when first asked for; the commands of one process share it, with the clock that
 * it was made with.
 */
export function folderDetection(
  folder: OpenFolder,
  world: World,
  clock: Pick<Clock, 'now'> = systemClock,
): Promise<FolderDetection> {
  const known = OPEN.get(folder)
  if (known !== undefined) return known
  const made = openDetection(folder, world, clock)
  OPEN.set(folder, made)
  made.catch(() => OPEN.delete(folder)) // a server of the warehouse that is away is asked again
  return made
}

/** First the rows that a crash kept out: what is missing in the warehouse must not look like what was erased. */
async function openDetection(folder: OpenFolder, world: World, clock: Pick<Clock, 'now'>): Promise<FolderDetection> {
  const fingerprints = { fingerprintFiles: fingerprintFiles([], world) }
  await completeRows(folder, world, fingerprints)
  const settings = defaultSettings()
  const pool = openDetectPool({ settings }, folder.limits.detectors)
  folder.closeWith(pool)
  const detection = new Detection({
    warehouse: await folder.warehouse(),
    incidents: await folder.incidents((word) => void world.err.write(`${word}\n`)),
    pool,
    settings,
    tables: detectTables(settings.zone, folder.path, (problem) => void world.err.write(`${problem}\n`)),
    others: folderOutages(folder.path, (problem) => void world.err.write(`${problem}\n`)),
    group: groupEpisodes,
    statePath: join(folder.incidentsFolder, DETECTED),
    now: () => clock.now(),
  })
  const run = async (scope: DetectionScope, options: RunOptions): Promise<Detected> => {
    const detected = await detection.run(scope, options)
    await folder.logRevisions()
    return detected
  }
  return {
    run: (scope, options) => exclusively(folder, () => run(scope, options)),
    runAfter: (work, scope, options) =>
      exclusively(folder, async () => [await work(), await run(scope, options)] as const),
  }
}

/** Tables that name owners, canaries, causes and people; bundled, but for an operator's users by network. */
function detectTables(zone: string, folder: string, warn: (problem: string) => void): DetectTables {
  const people = withNetworkUsers(loadImpactTable(), folder, warn)
  return {
    ...parseDerivationTables(readDerivationFiles(), digest).weigh,
    impact: (detected, series, until) => incidentImpact({ ...detected, ...series }, people, { zone, until }),
  }
}
