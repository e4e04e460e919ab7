import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { World } from '../../runtime/world.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { UNFINISHED } from '../../runtime/files/durable-file.ts'
import { memoryWhere, placeName, type RegistryPlace } from '../../store/registry/database.ts'

/** The variable that names one PostgreSQL for every part. */
export const REGISTRY_VARIABLE = 'KUAGER_REGISTRY'

/** Parts of a registry: the file of each in the folder `registry`, and the variable that names a database for it alone. */
export const PARTS = {
  keys: { file: 'keys.sqlite' },
  reports: { file: 'reports.sqlite', variable: 'KUAGER_REPORTS_DATABASE' },
  subscriptions: { file: 'subscriptions.sqlite', variable: 'KUAGER_SUBSCRIPTIONS_DATABASE' },
  letters: { file: 'letters.sqlite', variable: 'KUAGER_LETTER_DATABASE' },
} as const satisfies Record<string, { readonly file: string; readonly variable?: string }>
export type PartName = keyof typeof PARTS

/** Variables that may name the database of a part: the first that is set does. */
const variablesOf = (part: PartName): readonly string[] => {
  const own = PARTS[part]
  return 'variable' in own ? [own.variable, REGISTRY_VARIABLE] : [REGISTRY_VARIABLE]
}

/** Folder of the registry in a data folder or in that of a letter service. */
export const registryFolder = (folder: string): string => join(folder, 'registry')

/** File of that folder which says what part is in PostgreSQL, and where, without user and password. */
export const PLACES = 'places.json'

const storedPlaces = z.partialRecord(z.enum(Object.keys(PARTS) as [PartName, ...PartName[]]), z.string())
export type StoredPlaces = Readonly<Partial<Record<PartName, string>>>

/** Where parts of a folder's registry are that are not in its files. Throws Fault where that cannot be read. */
export function storedPlacesOf(folder: string): StoredPlaces {
  const path = join(registryFolder(folder), PLACES)
  if (!existsSync(path)) return {}
  try {
    return storedPlaces.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch (error) {
    throw new Fault(`Cannot read "${path}", which says where the registry is`, { cause: error })
  }
}

/** Replaces what is remembered, and makes that durable, in one go: parts that are opened at once would undo each other's. */
export function writePlaces(folder: string, places: StoredPlaces): void {
  mkdirSync(registryFolder(folder), { recursive: true, mode: 0o700 })
  const path = join(registryFolder(folder), PLACES)
  const file = openSync(`${path}${UNFINISHED}`, 'w', 0o600)
  try {
    writeSync(file, `${JSON.stringify(places, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(`${path}${UNFINISHED}`, path)
  const parent = openSync(registryFolder(folder), 'r')
  try {
    fsyncSync(parent)
  } finally {
    closeSync(parent)
  }
}

/** The address that the environment names for a part; undefined where it names none. */
export function addressOf(part: PartName, env: World['env']): string | undefined {
  return variablesOf(part)
    .map((name) => env[name])
    .find((url) => url !== undefined && url !== '')
}

/**
 * Where a part of the registry is: in PostgreSQL where the environment names it, else in a file of the folder. The folder
 * remembers a database: throws InputError where it has one and the environment names none, or another one, so that no
 * second registry is begun, saved or checked by mistake.
 */
export function registryPlace(folder: string, part: PartName, env: World['env']): RegistryPlace {
  const file = join(registryFolder(folder), PARTS[part].file)
  const url = addressOf(part, env)
  const places = storedPlacesOf(folder)
  const known = places[part]
  if (url === undefined) {
    if (known !== undefined) throw forgotten(folder, part, known)
    return { kind: 'sqlite', file }
  }
  const place = { kind: 'postgres', url, instead: file } as const
  const shown = placeName(place)
  if (known === shown) return place
  if (known !== undefined) throw elsewhere(folder, part, { known, shown })
  return { ...place, onBegun: () => writePlaces(folder, { ...storedPlacesOf(folder), [part]: shown }) }
}

/**
 * The same for a server that may only read: a part in PostgreSQL is held by the one that writes, so it is empty here and
 * nothing of it is shown.
 */
export function shownPlace(
  folder: string,
  part: PartName,
  { env, reads }: { readonly env: World['env']; readonly reads: boolean },
): RegistryPlace {
  const place = registryPlace(folder, part, env)
  return reads && place.kind === 'postgres' ? memoryWhere : place
}

/**
 * Parts of the registry of a folder that are in PostgreSQL, each with the variable that names it. Throws InputError as
 * `registryPlace` does, for one that the environment does not name.
 */
export function partsElsewhere(folder: string, env: World['env']): ReadonlyMap<PartName, string> {
  const places = storedPlacesOf(folder)
  const found = new Map<PartName, string>()
  for (const part of Object.keys(PARTS) as readonly PartName[]) {
    const own = PARTS[part]
    const isNamed = 'variable' in own && (env[own.variable] ?? '') !== ''
    if (places[part] === undefined && !isNamed) continue
    registryPlace(folder, part, env)
    found.set(part, variablesOf(part).find((name) => (env[name] ?? '') !== '') ?? '')
  }
  return found
}

const forgotten = (folder: string, part: PartName, known: string): InputError =>
  new InputError(
    `Cannot use the registry of folder "${folder}": its part ${part} is ${known}, and no variable says so`,
    {
      code: 'registry.forgotten',
      path: variablesOf(part).join(', '),
      expected: `the address in ${variablesOf(part).join(' or ')}; "kuager registry move --to folder" brings it back`,
    },
  )

const elsewhere = (
  folder: string,
  part: PartName,
  { known, shown }: { readonly known: string; readonly shown: string },
): InputError =>
  new InputError(
    `Cannot use the registry of folder "${folder}": its part ${part} is ${known}, and the environment says ${shown}`,
    {
      code: 'registry.elsewhere',
      path: variablesOf(part).join(', '),
      expected: `the address that the server uses; after a change of host name, the new one in registry/${PLACES}`,
    },
  )
