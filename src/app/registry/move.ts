import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/model/errors.ts'
import type { World } from '../../runtime/world.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { LETTERS } from '../../letter/registry/tables.ts'
import { REPORTS } from '../../reports/registry/tables.ts'
import { SUBSCRIPTIONS } from '../../subscriptions/registry/tables.ts'
import { openDatabase, placeName, type RegistryDatabase, type RegistryPart } from '../../store/registry/database.ts'
import { KEYS } from '../../store/registry/keys/tables.ts'
import { copyPart, markMoved, shapesOf, type AnyTables, type TableSum } from '../../store/registry/move/copy-part.ts'
import { openKeysFile } from '../../store/registry/move/keys-file.ts'
import { addressOf, PARTS, storedPlacesOf, registryFolder, registryPlace, writePlaces, type PartName } from './place.ts'

const TABLES = {
  keys: KEYS,
  reports: REPORTS,
  subscriptions: SUBSCRIPTIONS,
  letters: LETTERS,
} as const satisfies Record<PartName, RegistryPart>
const NAMES = Object.keys(PARTS) as readonly PartName[]

/** Where new files are filled before they take their names. */
const UNFINISHED_FOLDER = 'moving.unfinished'

/** A part that was moved, with what it holds. */
export interface MovedPart {
  readonly part: PartName
  readonly tables: readonly TableSum[]
}

type Opened = Pick<RegistryDatabase<AnyTables>, 'calls'> & AsyncDisposable

/** A part in a file of a folder. */
async function openFile(folder: string, part: PartName): Promise<Opened> {
  const file = join(registryFolder(folder), PARTS[part].file)
  return part === 'keys' ? openKeysFile(folder) : openDatabase<AnyTables>({ kind: 'sqlite', file }, TABLES[part])
}

/** A part in PostgreSQL. */
const openThere = (url: string, part: PartName): Promise<Opened> =>
  openDatabase<AnyTables>({ kind: 'postgres', url }, TABLES[part])

/**
 * Moves all parts of the registry of a folder that the caller holds from its files into PostgreSQL. Every part is copied
 * in one transaction and compared by counts and hashes; only when all are there does the folder remember the database.
 * The old files stay, under a name that nothing opens. After an interruption the same call does the rest.
 */
export async function moveToDatabase(folder: string, url: string): Promise<readonly MovedPart[]> {
  const places = storedPlacesOf(folder)
  const files = NAMES.filter((part) => existsSync(join(registryFolder(folder), PARTS[part].file)))
  const shown = placeName({ kind: 'postgres', url })
  const moved: MovedPart[] = []
  for (const part of files) {
    if (places[part] === shown) continue // all but the name of its file
    if (places[part] !== undefined) throw nothing(folder, `${part} is ${places[part]} already`)
    const shapes = await shapesOf(TABLES[part])
    await using from = await openFile(folder, part)
    await using to = await openThere(url, part)
    moved.push({ part, tables: await copyPart({ from: from.calls, to: to.calls }, shapes) })
  }
  if (files.length === 0) throw nothing(folder, 'it has no file of a registry')
  writePlaces(folder, { ...places, ...Object.fromEntries(files.map((part) => [part, shown])) })
  for (const part of files) await putAside(folder, PARTS[part].file)
  return moved
}

/** Gives a file that is used no longer another name, with what belongs to it. */
async function putAside(folder: string, name: string): Promise<void> {
  const path = join(registryFolder(folder), name)
  let to = `${path}.moved`
  for (let nth = 2; existsSync(to); nth++) to = `${path}.moved-${nth}`
  for (const ending of ['-wal', '-shm', ''])
    if (existsSync(`${path}${ending}`)) await rename(`${path}${ending}`, `${to}${ending}`)
  await REAL_DISK.syncFolder(registryFolder(folder))
}

/** The way back: new files, the same comparison, and the database is marked so that nothing opens it. */
export async function moveToFolder(folder: string, env: World['env']): Promise<readonly MovedPart[]> {
  const places = storedPlacesOf(folder)
  const parts = NAMES.filter((part) => places[part] !== undefined)
  if (parts.length === 0) throw nothing(folder, 'it has no part in PostgreSQL')
  const unfinished = join(registryFolder(folder), UNFINISHED_FOLDER)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(join(unfinished, 'registry'), { recursive: true, mode: 0o700 })
  const moved: MovedPart[] = []
  for (const part of parts) {
    registryPlace(folder, part, env) // refuses an environment that names none, or another one
    const shapes = await shapesOf(TABLES[part])
    const isThere = existsSync(join(registryFolder(folder), PARTS[part].file))
    await using from = await openThere(addressOf(part, env) ?? '', part)
    // A file that is there is one that an interrupted call put there, or the copy refuses it.
    await using to = await openFile(isThere ? folder : unfinished, part)
    moved.push({ part, tables: await copyPart({ from: from.calls, to: to.calls }, shapes) })
  }
  for (const part of parts) {
    const [made, path] = [unfinished, folder].map((one) => join(registryFolder(one), PARTS[part].file)) as [
      string,
      string,
    ]
    if (existsSync(made)) await rename(made, path)
  }
  await REAL_DISK.syncFolder(registryFolder(folder))
  writePlaces(folder, Object.fromEntries(Object.entries(places).filter(([part]) => !parts.some((one) => one === part))))
  await rm(unfinished, { recursive: true, force: true })
  for (const part of parts) {
    await using database = await openThere(addressOf(part, env) ?? '', part)
    await markMoved(database, TABLES[part])
  }
  return moved
}

const nothing = (folder: string, why: string): InputError =>
  new InputError(`Cannot move the registry of folder "${folder}": ${why}`, {
    code: 'registry.move',
    path: 'folder',
    expected: 'a data folder or that of a letter service, whose registry is not there yet',
  })
