import { existsSync, globSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { Fault } from '../../core/model/errors.ts'
import { layoutOf } from '../../store/archive/layout.ts'
import { entryPosition } from '../../store/archive/sidecar.ts'
import { RUN_LEAVES } from '../../store/archive/ids/archive-index.ts'
import { partsInFolder, readTablesVersion } from '../../store/warehouse/read-parts.ts'
import { newestVersion } from '../../store/warehouse/schema.ts'
import { rememberedServer } from '../folder/warehouse-place.ts'
import { readRegistryVersion, REGISTRY_FILES, type RegistryFilePart } from '../registry/file.ts'
import { PARTS, registryPlace, storedPlacesOf } from '../registry/place.ts'

/** The program before this one, and the formats that it writes; a store without a number is unknown to it. */
export const FORMER = {
  program: '0.1.0',
  versions: { archive: 1, log: 1, incidents: 1, warehouse: 6, keys: 3, reports: 1, letters: 1 },
} as const satisfies { readonly program: string; readonly versions: Readonly<Partial<Record<StoreName, number>>> }

/** What a folder keeps in a format of its own. Everything else in it is derived from these, or written by its operator. */
export const STORES = [
  'archive',
  'log',
  'incidents',
  'warehouse',
  'keys',
  'reports',
  'subscriptions',
  'letters',
] as const
export type StoreName = (typeof STORES)[number]

/** A store of a folder as it was found. */
export interface FoundStore {
  readonly name: StoreName
  /** Where its version is written, below the folder. */
  readonly where: string
  /** Version found; undefined: it is in a database elsewhere, which is not asked. */
  readonly found: number | undefined
  /** Version that this program writes. */
  readonly writes: number
  /** Bytes of the files of which a change rewrites something. */
  readonly bytes: number
  /** What of it the program before this one would not find, and what to do about that before the way back. */
  readonly hidden?: { readonly what: string; readonly todo: string }
}

/** The only place that says where the version of each store is written, and how it is read without a change. */
export async function findStores(folder: string, env: World['env']): Promise<readonly FoundStore[]> {
  const stores: FoundStore[] = []
  const layout = layoutOf(join(folder, 'archive'))
  const archive = await textOf(layout.format)
  if (archive !== undefined)
    stores.push({
      ...{ name: 'archive', where: 'archive/format', ...one(/^kuager archive (\d+)\n$/.exec(archive)?.[1], 1) },
      ...(hasSegmentsElsewhere(layout.segments) ? { hidden: SEGMENTS_ELSEWHERE } : {}),
    })
  const log = await textOf(join(folder, 'log', 'log.json'))
  if (log !== undefined)
    stores.push({ name: 'log', where: 'log/log.json', ...one(/"kuager-log\/(\d+)"/.exec(log)?.[1], 1) })
  // The lines of the journal have no number of their own: a reader leaves out what it does not know in them.
  if (existsSync(join(folder, 'incidents', 'revisions.jsonl')))
    stores.push({ name: 'incidents', where: 'incidents/revisions.jsonl', ...one('1', 1) })
  const server = await rememberedServer(folder)
  if (server !== undefined)
    stores.push({ name: 'warehouse', where: server, found: undefined, writes: await newestVersion(), bytes: 0 })
  else if (existsSync(join(folder, 'warehouse', 'metadata')))
    stores.push({
      ...{ name: 'warehouse', where: 'warehouse, table "migrations"', bytes: 0 },
      ...{ found: await warehouseVersion(folder), writes: await newestVersion() },
    })
  for (const name of ['keys', 'reports', 'subscriptions', 'letters'] as const) {
    const store = findRegistry(folder, name, env)
    if (store !== undefined) stores.push(store)
  }
  return stores
}

/** A sealed segment that was removed here leaves its sidecar. */
const hasSegmentsElsewhere = (segments: string): boolean =>
  globSync('*.index', { cwd: segments }).some(
    (name) => !existsSync(join(segments, name.replace(/\.index$/, '.segment'))),
  )

const SEGMENTS_ELSEWHERE = {
  what: 'segments of the archive on object storage',
  todo: 'archive/segments/*.segment copied back from there (docs/operating/object-storage.md)',
} as const

const one = (found: string | undefined, writes: number): Pick<FoundStore, 'found' | 'writes' | 'bytes'> => {
  if (found === undefined) throw new Fault('Cannot read the version of a store: its mark is damaged')
  return { found: Number(found), writes, bytes: 0 }
}

async function textOf(file: string): Promise<string | undefined> {
  return existsSync(file) ? readFile(file, 'utf8') : undefined
}

function findRegistry(folder: string, name: RegistryFilePart, env: World['env']): FoundStore | undefined {
  const { name: file, version: writes } = REGISTRY_FILES[name]
  const isStored = storedPlacesOf(folder)[name] !== undefined
  if (name === 'keys' ? isStored : registryPlace(folder, name, env).kind === 'postgres') {
    // The program before this one knows a variable of each part alone, and none for keys: it would begin an empty one.
    const own = PARTS[name]
    const isHidden = isStored && (!('variable' in own) || (env[own.variable] ?? '') === '')
    const todo = `"kuager registry move --to folder"${'variable' in own ? `, or the address in ${own.variable}` : ''}`
    return {
      ...{ name, where: 'a database that the environment names', found: undefined, writes, bytes: 0 },
      ...(isHidden ? { hidden: { what: `${name} in a database`, todo } } : {}),
    }
  }
  const path = join(folder, 'registry', file)
  if (!existsSync(path)) return undefined
  const found = readRegistryVersion(path, name)
  return { name, where: `registry/${file}`, found, writes, bytes: statSync(path).size }
}

/** The engine reads the tables over their files; a server that has them open is not disturbed. */
async function warehouseVersion(folder: string): Promise<number> {
  const work = await mkdtemp(join(tmpdir(), 'kuager-upgrade-'))
  try {
    return await readTablesVersion(partsInFolder(folder), work, { memoryBytes: 256 * 2 ** 20, threads: 1 })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** What the first start makes of an archive of a former program, which has no runs of ids: as many ids as are sorted. */
export function idsToSort(folder: string): number {
  const { segments } = layoutOf(join(folder, 'archive'))
  if (globSync('*.ids', { cwd: segments }).length > 0) return 0
  const ids = globSync('*.index', { cwd: segments })
    .map((name) => (statSync(join(segments, name)).size - entryPosition(0)) / (entryPosition(1) - entryPosition(0)))
    .reduce((sum, count) => sum + count, 0)
  return ids < RUN_LEAVES ? 0 : ids
}

/**
 * Files that the former program does not know and would not keep up to date. All are derived: the next start of this
 * program makes them again.
 */
export const unknownToFormer = (folder: string): readonly string[] => [
  ...globSync('archive/segments/*.ids', { cwd: folder }),
  ...globSync('incidents/detected.json.alarms', { cwd: folder }),
]
