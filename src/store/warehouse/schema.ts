import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../core/model/errors.ts'
import type { Engine, QueryUse } from './engine.ts'

const FOLDER = fileURLToPath(new URL('./sql/', import.meta.url))

/** What differs between tables of one machine and tables that every machine of a cluster has. */
export interface EngineWords {
  /** Engine of a table, from its name on one machine. */
  readonly engine: (name: string) => string
  /** Where parts of tables are listed: of every replica. */
  readonly parts: string
}

export const ONE_MACHINE: EngineWords = { engine: (name) => name, parts: 'system.parts' }

/**
 * Words of a database of the engine `Replicated`, which carries tables and their changes to every replica. Such a
 * database is also the name of a cluster: all its replicas.
 */
export const replicatedWords = (database: string): EngineWords => ({
  engine: (name) => `Replicated${name}`,
  parts: `clusterAllReplicas('${database}', system.parts)`,
})

/** Statements of a file of `sql/`, without comments. Our files hold no semicolon and no `--` inside a literal. */
export async function loadStatements(file: string, words: EngineWords): Promise<readonly string[]> {
  const text = await readFile(`${FOLDER}${file}`, 'utf8')
  return text
    .replace(/--.*$/gm, '')
    .replace(/(?<=^ENGINE = )\w+/gm, words.engine)
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

const ONE = [
  'series',
  'listed',
  'readings',
  'reading-columns',
  'verdicts',
  'series-counts',
  'series-apart',
  'series-revoked',
  'by-sender',
  'kept-apart',
  'series-keys',
  'kept-series',
  'drop-kept',
  'realms-after',
  'some-realm',
  'matrix',
  'recent',
  'last-interfered',
  'measured-hours',
  'explored',
  'aggregated',
  'measurement',
  'observations',
  'known-leaves',
  'leaf-chunks',
  'leaf-gaps',
  'reconcile-leaves',
  'state',
  'table-comments',
  'row-bytes',
  'any-simulated',
  'any-real',
  'old-parts',
  'damaged-parts',
  'published-months',
  'published-state',
  'published-print',
  'published-measurements',
  'published-observations',
] as const
const SEVERAL = ['erase-leaves', 'carry-rows'] as const
export type Queries = Readonly<
  Record<(typeof ONE)[number], string> & Record<(typeof SEVERAL)[number], readonly string[]>
>

/** What is not asked for a page: a server lets it take longer. */
const USES: Readonly<Partial<Record<(typeof ONE)[number], QueryUse>>> = {
  readings: 'detection',
  'reading-columns': 'detection',
  verdicts: 'detection',
  'series-counts': 'detection',
  'series-apart': 'detection',
  'series-revoked': 'detection',
  'series-keys': 'detection',
  'kept-series': 'maintenance',
  'drop-kept': 'maintenance',
  'realms-after': 'maintenance',
  'some-realm': 'maintenance',
  'by-sender': 'maintenance',
  'known-leaves': 'maintenance',
  'leaf-chunks': 'maintenance',
  'leaf-gaps': 'maintenance',
  'reconcile-leaves': 'maintenance',
  state: 'maintenance',
  'any-simulated': 'maintenance',
  'any-real': 'maintenance',
  'old-parts': 'maintenance',
  'table-comments': 'maintenance',
  'row-bytes': 'maintenance',
  'damaged-parts': 'maintenance',
  'published-months': 'maintenance',
  'published-state': 'maintenance',
  'published-print': 'maintenance',
  'published-measurements': 'maintenance',
  'published-observations': 'maintenance',
}

/** What the statements are for that are not for a page, by their text. */
export const usesOf = (queries: Queries): ReadonlyMap<string, QueryUse> =>
  new Map(ONE.map((name) => [queries[name], USES[name] ?? 'page']))

/** Every query file of `sql/`, by its name. */
export async function loadQueries(words = ONE_MACHINE): Promise<Queries> {
  const one = await Promise.all(ONE.map(async (name) => [name, await loadOne(name, words)] as const))
  const several = await Promise.all(
    SEVERAL.map(async (name) => [name, await loadStatements(`${name}.sql`, words)] as const),
  )
  return Object.fromEntries([...one, ...several]) as Queries
}

async function loadOne(name: string, words: EngineWords): Promise<string> {
  const [statement, ...more] = await loadStatements(`${name}.sql`, words)
  if (statement === undefined || more.length > 0) throw new Fault(`Cannot load query ${name}: not one statement`)
  // An erasure has ended when no replica has an old file.
  return name === 'old-parts' ? statement.replace('system.parts', words.parts) : statement
}

const notes = (words: EngineWords): string =>
  `CREATE TABLE IF NOT EXISTS migrations (version UInt32, name String, applied_at DateTime DEFAULT now())
ENGINE = ${words.engine('MergeTree')} ORDER BY version`

const migrationFiles = async (): Promise<readonly string[]> =>
  (await readdir(FOLDER)).filter((file) => /^\d{4}-.*\.sql$/.test(file)).sort()

const versionOf = (file: string | undefined): number => Number(file?.slice(0, 4) ?? 0)

/** Version of the tables that this program writes. */
export const newestVersion = async (): Promise<number> => versionOf((await migrationFiles()).at(-1))

/** Version of tables by their notes. */
export async function storedVersion(engine: Engine, table = 'migrations'): Promise<number> {
  const rows = await engine.query(`SELECT max(version) AS version FROM ${table}`, {})
  return Number(rows[0]?.['version'] ?? 0)
}

/** Throws Fault where the tables are not of the version of this program: a reader cannot change them. */
export async function requireNewest(engine: Engine, table = 'migrations'): Promise<void> {
  const [stored, newest] = [await storedVersion(engine, table), await newestVersion()]
  if (stored !== newest)
    throw new Fault(
      `Cannot read the warehouse: its tables are of version ${stored}, this program knows ${newest}; ` +
        (stored < newest
          ? 'start the centre with this version first'
          : 'start the reader with the version of the centre'),
    )
}

/**
 * Brings the tables to the newest version: files `sql/NNNN-name.sql` in order, each noted when done. A file whose note
 * is missing after a crash runs again, so its statements bear repetition. Throws Fault for tables newer than we are.
 */
export async function migrate(engine: Engine, words = ONE_MACHINE): Promise<void> {
  await engine.command(notes(words), {})
  const done = await storedVersion(engine)
  const files = await migrationFiles()
  const newest = versionOf(files.at(-1))
  if (done > newest)
    throw new Fault(`Cannot open the warehouse: its tables are of version ${done}, this program knows ${newest}`)
  for (const name of files) {
    const version = versionOf(name)
    if (version <= done) continue
    for (const statement of await loadStatements(name, words)) await engine.command(statement, {})
    await engine.command('INSERT INTO migrations (version, name) SELECT {version:UInt32}, {name:String}', {
      version,
      name,
    })
  }
}
