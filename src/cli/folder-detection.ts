import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { makeCauseTable } from '../detect/cause/table.ts'
import { defaultSettings } from '../detect/default-settings.ts'
import { incidentImpact } from '../detect/impact.ts'
import type { Detected, RunOptions } from '../pipeline/detect/detection.ts'
import { Detection } from '../pipeline/detect/detection.ts'
import { openDetectPool } from '../pipeline/detect/detect-pool.ts'
import type { Scope } from '../pipeline/detect/series-plan.ts'
import type { DetectTables } from '../pipeline/detect/sources.ts'
import { loadCauseFile, loadServiceOwners } from '../sys/cause-files.ts'
import { systemClock } from '../sys/clock.ts'
import { loadImpactTable } from '../sys/impact-table.ts'
import { loadNetworks } from '../sys/networks.ts'
import { loadTables } from '../sys/tables.ts'
import type { World } from './command.ts'
import type { OpenFolder } from './folder.ts'

/** The detection of one folder: one run after another, whoever asks, with threads that stay while the folder is open. */
export interface FolderDetection {
  run(scope: Scope, options: RunOptions): Promise<Detected>
}

const OPEN = new WeakMap<OpenFolder, Promise<FolderDetection>>()

/** The detection of a held folder, made when first asked for; the commands of one process share it. */
export function folderDetection(folder: OpenFolder, world: World): Promise<FolderDetection> {
  const known = OPEN.get(folder)
  if (known !== undefined) return known
  const made = openDetection(folder, world)
  OPEN.set(folder, made)
  return made
}

/** Detects everything anew at the next run; published incidents stay. */
export const detectionStatePath = (folder: OpenFolder): string => join(folder.incidentsFolder, 'detected.json')

async function openDetection(folder: OpenFolder, world: World): Promise<FolderDetection> {
  const settings = defaultSettings()
  const pool = openDetectPool({ settings }, Math.min(availableParallelism(), 4))
  folder.closeWith(pool)
  const detection = new Detection({
    warehouse: await folder.warehouse(),
    incidents: await folder.incidents((word) => void world.err.write(`${word}\n`)),
    pool,
    settings,
    tables: detectTables(settings.zone),
    group: () => [],
    statePath: detectionStatePath(folder),
    now: systemClock.now,
  })
  let last: Promise<unknown> = Promise.resolve()
  return {
    run(scope, options) {
      const done = last.then(() => detection.run(scope, options))
      last = done.catch(() => undefined)
      return done
    },
  }
}

/** Tables that name owners, canaries, causes and people; all of them bundled. */
function detectTables(zone: string): DetectTables {
  const { file, digest } = loadCauseFile()
  const owners = loadServiceOwners()
  const networks = loadNetworks()
  const people = loadImpactTable()
  return {
    causes: makeCauseTable(file, digest),
    serviceOwner: (service) => owners.get(service),
    networkOwner: (asn) => networks.network(asn)?.owner,
    comparisons: loadTables()
      .services.filter(({ comparison }) => comparison === true)
      .map(({ id }) => id),
    impact: (detected, series, until) => incidentImpact({ ...detected, ...series }, people, { zone, until }),
  }
}
