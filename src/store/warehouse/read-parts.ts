import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault } from '../../core/model/errors.ts'
import { isMissing } from '../../runtime/files/disk.ts'
import { Mutex } from '../../runtime/mutex.ts'
import { openChdb } from './chdb.ts'
import type { Engine, EngineLimits } from './engine.ts'
import { ReadingWarehouse, type ReadWarehouse } from './reading-warehouse.ts'
import { loadQueries, requireNewest, storedVersion } from './schema.ts'

/** Verdicts before observations, which are written first: what a verdict rests on is there when the verdict is seen. */
const TABLES = ['migrations', 'leaves', 'verdicts', 'observations'] as const

/** Where the tables of a warehouse are that another process writes. */
export interface PartsPlace {
  /** The definition of a table as the embedded engine keeps it; undefined where there is none. */
  definition(table: string): Promise<string | undefined>
  /** Names in the folder of the table with this identifier. */
  names(uuid: string): Promise<readonly string[]>
  /** The disk on which that folder is, as the arguments of `disk()`. */
  disk(uuid: string): string
}

/** The tables of a data folder: of one that is being written, or of a copy. */
export function partsInFolder(folder: string): PartsPlace {
  const place = (uuid: string): string => join(folder, 'warehouse', 'store', uuid.slice(0, 3), uuid)
  return {
    definition: (table) =>
      orMissing(readFile(join(folder, 'warehouse', 'metadata', 'default', `${table}.sql`), 'utf8'), undefined),
    names: (uuid) => orMissing(readdir(place(uuid)), []),
    disk: (uuid) =>
      `type = 'object_storage', object_storage_type = 'local', metadata_type = 'plain', path = ${quoted(`${place(uuid)}/`)}`,
  }
}

async function orMissing<T, N>(found: Promise<T>, missing: N): Promise<T | N> {
  try {
    return await found
  } catch (error) {
    if (isMissing(error)) return missing
    throw error
  }
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Tables of a data folder at one moment, to be copied; paths are relative to the folder. */
export interface CopiedTables {
  readonly definitions: readonly { readonly path: string; readonly text: string }[]
  /** Folders of the parts that are in use: nothing in one changes, and the engine keeps it for minutes after its use. */
  readonly parts: readonly string[]
  /** Files that a table has besides. */
  readonly formats: readonly string[]
}

/**
 * What has to be copied of the tables of a data folder that is being written. Rows that are seen in such a copy are whole:
 * tables are looked at in the order in which readers need it.
 */
export async function tablesToCopy(folder: string): Promise<CopiedTables> {
  const place = partsInFolder(folder)
  const definitions: { path: string; text: string }[] = []
  const parts: string[] = []
  const formats: string[] = []
  for (const name of TABLES) {
    const text = (await place.definition(name)) ?? ''
    const found = await findTable({ ...place, definition: async () => text }, name)
    const store = join('warehouse', 'store', found.uuid.slice(0, 3), found.uuid)
    definitions.push({ path: join('warehouse', 'metadata', 'default', `${name}.sql`), text })
    formats.push(join(store, 'format_version.txt'))
    parts.push(...partsInUse(found.parts).map((part) => join(store, part)))
  }
  return { definitions, parts, formats }
}

/** Parts without those that others replace. */
export function partsInUse(parts: readonly string[]): readonly string[] {
  const blocks = new Map(parts.flatMap((part) => [[part, blocksOf(part)] as const]))
  const byPartition = Map.groupBy(parts, (part) => blocks.get(part)?.partition)
  const replaces = (one: string, other: string): boolean => {
    const [a, b] = [blocks.get(one), blocks.get(other)]
    return (
      a !== undefined &&
      b !== undefined &&
      one !== other &&
      a.from <= b.from &&
      a.until >= b.until &&
      (a.level > b.level || (a.level === b.level && a.mutation > b.mutation))
    )
  }
  return parts.filter(
    (part) => !(byPartition.get(blocks.get(part)?.partition) ?? []).some((other) => replaces(other, part)),
  )
}

/** A warehouse that is only read, in tables that another process writes. */
export interface PartsWarehouse extends ReadWarehouse {
  /** Takes over what was written since, also where the tables were replaced by others; gives whether there was any. */
  follow(): Promise<boolean>
}

/**
 * Reads the tables of a warehouse that another process holds, or a copy of them. A table is opened over the files of its
 * parts, which never change, on a disk that takes no writes: the engine itself refuses every change, also a deletion.
 * Parts that are new are taken over by opening the tables again, which takes some milliseconds a table; parts that are
 * still being copied are left out, and those which they replace stay. `work` is a folder for the engine's own files.
 *
 * Throws Fault where the tables are not of this program's version: a reader changes none.
 */
export async function openPartsWarehouse(
  place: PartsPlace,
  work: string,
  limits: EngineLimits,
): Promise<PartsWarehouse> {
  const engine = await openChdb(work, limits)
  try {
    const tables = new Tables(engine, place)
    await tables.follow()
    const warehouse = new ReadingWarehouse({ engine: patient(engine, tables), queries: await loadQueries() })
    return Object.assign(warehouse, { follow: () => tables.follow() })
  } catch (error) {
    await engine[Symbol.asyncDispose]()
    throw error
  }
}

/**
 * Version of the tables of a warehouse that another process may hold; nothing is changed. Throws Fault where there are
 * none. `work` is a folder for the engine's own files.
 */
export async function readTablesVersion(place: PartsPlace, work: string, limits: EngineLimits): Promise<number> {
  await using engine = await openChdb(work, limits)
  await engine.command('CREATE DATABASE found ENGINE = Memory', {})
  await openTable({ engine, place, database: 'found' }, await findTable(place, 'migrations'))
  const version = await storedVersion(engine, 'found.migrations')
  await engine.command('DETACH TABLE found.migrations', {})
  return version
}

interface FoundTable {
  readonly name: string
  readonly uuid: string
  readonly columns: string
  readonly parts: readonly string[]
}

class Tables {
  readonly #engine: Engine
  readonly #place: PartsPlace
  readonly #mutex = new Mutex()
  /** What was there when the tables were opened; empty where something of it was not whole. */
  #known = ''
  #generation = 0

  constructor(engine: Engine, place: PartsPlace) {
    this.#engine = engine
    this.#place = place
  }

  /** Rises whenever the tables are opened again. */
  get generation(): number {
    return this.#generation
  }

  follow(): Promise<boolean> {
    return this.#mutex.run(() => this.#follow())
  }

  async #follow(): Promise<boolean> {
    const tables: FoundTable[] = []
    for (const name of TABLES) tables.push(await findTable(this.#place, name))
    const found = JSON.stringify(tables)
    if (found === this.#known) return false
    const before = this.#generation
    const database = `reader${before + 1}`
    await this.#engine.command(`CREATE DATABASE ${database} ENGINE = Memory`, {})
    const opened: string[] = []
    let isWhole = true
    try {
      for (const table of tables) {
        await openTable({ engine: this.#engine, place: this.#place, database }, table)
        opened.push(table.name)
        isWhole &&= await this.#hasAll(database, table)
      }
      await requireNewest(this.#engine, `${database}.migrations`)
      await this.#engine.command(`USE ${database}`, {})
    } catch (error) {
      await this.#close(database, opened)
      throw error
    }
    this.#generation = before + 1
    if (before > 0) await this.#close(`reader${before}`, TABLES)
    this.#known = isWhole ? found : ''
    return true
  }

  /** Whether the engine took over every part or one that replaces it. */
  async #hasAll(database: string, { name, parts }: FoundTable): Promise<boolean> {
    const rows = await this.#engine.query(
      'SELECT name FROM system.parts WHERE database = {database:String} AND table = {name:String} AND active',
      { database, name },
    )
    const active = rows.flatMap((row) => blocksOf(String(row['name'])) ?? [])
    return parts
      .flatMap((part) => blocksOf(part) ?? [])
      .every(({ partition, from, until }) =>
        active.some((one) => one.partition === partition && one.from <= from && one.until >= until),
      )
  }

  /** Detached, not dropped: nothing that could be meant for the files is said. */
  async #close(database: string, tables: readonly string[]): Promise<void> {
    for (const table of tables) await this.#engine.command(`DETACH TABLE ${database}.${table}`, {})
    await this.#engine.command(`DROP DATABASE ${database}`, {})
  }
}

/** Partition and blocks that the name of a part says; undefined for another file. */
function blocksOf(part: string) {
  const [, partition = '', from, until, level, mutation = 0] =
    /^([0-9a-z]+)_(\d+)_(\d+)_(\d+)(?:_(\d+))?$/.exec(part) ?? []
  if (from === undefined) return undefined
  return {
    partition,
    from: Number(from),
    until: Number(until),
    level: Number(level),
    mutation: Number(mutation),
  }
}

async function findTable(place: PartsPlace, name: string): Promise<FoundTable> {
  const [, uuid, rest = ''] =
    /^ATTACH TABLE _ UUID '([0-9a-f-]{36})'([\s\S]+)$/.exec((await place.definition(name)) ?? '') ?? []
  if (uuid === undefined)
    throw new Fault('Cannot read the warehouse: there is none, or one that is still being made or copied')
  const [columns = '', settings = ''] = rest.split(/\nSETTINGS /)
  const granularity = /index_granularity = \d+/.exec(settings)?.[0] ?? 'index_granularity = 8192'
  const parts = (await place.names(uuid)).filter((part) => blocksOf(part) !== undefined).toSorted()
  return { name, uuid, columns: `${columns} SETTINGS ${granularity}`, parts }
}

interface OpenIn {
  readonly engine: Engine
  readonly place: PartsPlace
  readonly database: string
}

async function openTable({ engine, place, database }: OpenIn, { name, uuid, columns }: FoundTable): Promise<void> {
  const disk = `table_disk = 1, disk = disk(${place.disk(uuid)})`
  await engine.command(`CREATE TABLE ${database}.${name} ${columns}, ${disk}`, {})
}

/** How often a question is asked again where files went away under it: their writer merged them into others. */
const TRIES = 4
const PAUSE_MS = 250

/** An engine that opens the tables again where it could not read from them. */
const patient = (engine: Engine, tables: Tables): Engine => {
  const again = async <T>(ask: () => Promise<T>): Promise<T> => {
    for (let trial = 1; trial < TRIES; trial++) {
      const { generation } = tables
      try {
        return await ask()
      } catch (error) {
        const isReadable = await tables.follow().then(
          () => true,
          () => false,
        )
        // What is wrong with the question itself stays so.
        if (isReadable && tables.generation === generation) throw error
        await pause(PAUSE_MS)
      }
    }
    return ask()
  }
  return {
    query: (sql, params) => again(() => engine.query(sql, params)),
    queryText: (sql, params) => again(() => engine.queryText(sql, params)),
    command: (sql, params) => engine.command(sql, params),
    insertNative: (table, columns, pieces) => engine.insertNative(table, columns, pieces),
    reach: () => engine.reach(),
    releaseMemory: () => engine.releaseMemory(),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}
