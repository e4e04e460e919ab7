import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { World } from '../../runtime/world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { InputError } from '../../core/model/errors.ts'
import { LETTERS } from '../../letter/registry/tables.ts'
import { REPORTS } from '../../reports/registry/tables.ts'
import { packageVersion } from '../../runtime/files/package-root.ts'
import { holdFolder } from '../../runtime/files/data-folder.ts'
import { openArchive } from '../../store/archive/open.ts'
import { openDatabase, type RegistryPart } from '../../store/registry/database.ts'
import { openRegistry } from '../../store/registry/sqlite.ts'
import { openWarehouse } from '../../store/warehouse/open.ts'
import { SUBSCRIPTIONS } from '../../subscriptions/registry/tables.ts'
import { findStores, FORMER, idsToSort, unknownToFormer, type FoundStore, type StoreName } from './formats.ts'

/** Bytes of a registry that its database rewrites in a second, on a slow disk. */
const REGISTRY_PER_SECOND = 20e6
/** Ids sorted in a second; two million were measured. */
const IDS_PER_SECOND = 1e6
/** Of a run of ids: fingerprint, place and filter. */
const BYTES_PER_ID = 14

/** What becomes of a store. */
export interface PlannedStore extends FoundStore {
  /**
   * `nothing`: it has this program's version. `tables`: its tables are changed in one transaction. `ids`: ids of the
   * archive are sorted. `newer`: a newer program wrote it. `elsewhere`: a database is changed when a server starts.
   */
  readonly step: 'nothing' | 'tables' | 'ids' | 'newer' | 'elsewhere'
  /** At most, on a machine with two cores. */
  readonly seconds: number
  /** Bytes that have to be free meanwhile. */
  readonly space: number
  /**
   * Of the way back to the former program. `open`: it reads what this program writes. `rebuild`: `--back` deletes what
   * is derived, and it makes that again. `ignored`: it does not know the store and leaves it. `closed`: it refuses.
   */
  readonly back: 'open' | 'rebuild' | 'ignored' | 'closed'
}

export interface UpgradePlan {
  readonly folder: string
  readonly program: string
  readonly former: string
  readonly stores: readonly PlannedStore[]
}

/** Looks at a folder and changes nothing in it. Throws InputError where it holds no store. */
export async function planUpgrade(world: World, folder: string): Promise<UpgradePlan> {
  const path = resolve(world.cwd, folder)
  const found = await findStores(path, world.env)
  if (found.length === 0)
    throw new InputError(`Cannot upgrade "${path}": there is no data of Kuager`, {
      code: 'folder.empty',
      path: 'folder',
      expected: 'a data folder, or the folder of a letter service',
    })
  const ids = idsToSort(path)
  return {
    folder: path,
    program: packageVersion(),
    former: FORMER.program,
    stores: found.map((store) => ({ ...store, ...stepOf(store, ids), back: wayBack(store) })),
  }
}

function stepOf(
  { name, found, writes, bytes }: FoundStore,
  ids: number,
): Pick<PlannedStore, 'step' | 'seconds' | 'space'> {
  if (found === undefined) return { step: 'elsewhere', seconds: 0, space: 0 }
  if (found > writes) return { step: 'newer', seconds: 0, space: 0 }
  if (found < writes) return { step: 'tables', seconds: Math.ceil(bytes / REGISTRY_PER_SECOND) || 1, space: 2 * bytes }
  if (name === 'archive' && ids > 0)
    return { step: 'ids', seconds: Math.ceil(ids / IDS_PER_SECOND), space: ids * BYTES_PER_ID }
  return { step: 'nothing', seconds: 0, space: 0 }
}

function wayBack({ name, found, writes, hidden }: FoundStore): PlannedStore['back'] {
  if (found !== undefined && found > writes) return 'closed'
  // The former program knows no server: it makes the tables again in the folder.
  if (name === 'warehouse' && found === undefined) return 'rebuild'
  const versions: Readonly<Partial<Record<StoreName, number>>> = FORMER.versions
  const former = versions[name]
  if (former === undefined) return 'ignored'
  if (hidden !== undefined) return 'closed'
  if (writes <= former) return 'open'
  return name === 'warehouse' ? 'rebuild' : 'closed'
}

/** Whether the former program can be installed again after this one was used. */
export const isWayBackOpen = ({ stores }: UpgradePlan): boolean => stores.every(({ back }) => back !== 'closed')

/** Brings each store to the version of this program. Throws InputError, and changes nothing, where one is of a newer program. */
export async function upgrade(world: World, folder: string, tell: (word: string) => unknown): Promise<UpgradePlan> {
  const plan = await planUpgrade(world, folder)
  const newer = plan.stores.find(({ step }) => step === 'newer')
  if (newer !== undefined)
    throw new InputError(
      `Cannot upgrade "${plan.folder}": ${newer.where} is of version ${newer.found}, this program knows ${newer.writes}`,
      { code: 'folder.newer', path: 'folder', expected: 'the program that wrote it, or a newer one' },
    )
  await using held = await holdFolder(plan.folder, 'kuager upgrade')
  for (const store of plan.stores) {
    world.signal.throwIfAborted()
    if (store.step === 'tables' || store.step === 'ids') await OPEN[store.name](held.path, tell)
  }
  return plan
}

/** Opening a store brings it to the version of this program. */
const OPEN = {
  archive: async (folder, tell) => {
    await using _ = await openArchive(join(folder, 'archive'), {
      leaves: LEAF_CODEC,
      onProgress: ({ segment, segments }) => tell(`Ids are sorted: segment ${segment} of ${segments}\n`),
    })
  },
  log: async () => {},
  incidents: async () => {},
  warehouse: async (folder) => {
    await using _ = await openWarehouse(folder)
  },
  keys: async (folder) => openRegistry(folder)[Symbol.dispose](),
  reports: (folder) => openPart(folder, REPORTS),
  subscriptions: (folder) => openPart(folder, SUBSCRIPTIONS),
  letters: (folder) => openPart(folder, LETTERS),
} satisfies Record<StoreName, (folder: string, tell: (word: string) => unknown) => Promise<void>>

async function openPart(folder: string, part: RegistryPart): Promise<void> {
  await using _ = await openDatabase({ kind: 'sqlite', file: join(folder, 'registry', `${part.name}.sqlite`) }, part)
}

/** What a way back did. */
export interface WentBack {
  readonly plan: UpgradePlan
  /** Files and folders that were deleted, below the folder. */
  readonly deleted: readonly string[]
}

function whyClosed({ found, writes, where, hidden }: FoundStore): string {
  return hidden === undefined ? `read version ${found ?? writes} of ${where}` : `find ${hidden.what}`
}

/**
 * Makes a folder ready for the program before this one: what is derived and unknown to it is deleted, and nothing that
 * was received, published or told by people. Throws InputError, and changes nothing, where that program would refuse it.
 */
export async function goBack(world: World, folder: string): Promise<WentBack> {
  const plan = await planUpgrade(world, folder)
  const closed = plan.stores.find(({ back }) => back === 'closed')
  if (closed !== undefined)
    throw new InputError(`Cannot go back with "${plan.folder}": ${FORMER.program} does not ${whyClosed(closed)}`, {
      ...{ code: 'folder.no-way-back', path: 'folder' },
      expected: closed.hidden?.todo ?? 'the whole folder from a backup made before',
    })
  await using held = await holdFolder(plan.folder, 'kuager upgrade')
  const deleted = [
    ...unknownToFormer(held.path),
    ...(plan.stores.some(({ back }) => back === 'rebuild') ? ['warehouse'] : []),
  ]
  for (const name of deleted) await rm(join(held.path, name), { recursive: true, force: true })
  return { plan, deleted }
}
