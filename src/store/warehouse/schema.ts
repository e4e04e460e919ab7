import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Fault } from '../../core/model/errors.ts'
import type { Engine } from './engine.ts'

const FOLDER = fileURLToPath(new URL('./sql/', import.meta.url))

/** Statements of a file of `sql/`, without comments. Our files hold no semicolon and no `--` inside a literal. */
export async function loadStatements(file: string): Promise<readonly string[]> {
  const text = await readFile(`${FOLDER}${file}`, 'utf8')
  return text
    .replace(/--.*$/gm, '')
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
  'set-aside',
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

/** Every query file of `sql/`, by its name. */
export async function loadQueries(): Promise<Queries> {
  const one = await Promise.all(ONE.map(async (name) => [name, await loadOne(name)] as const))
  const several = await Promise.all(SEVERAL.map(async (name) => [name, await loadStatements(`${name}.sql`)] as const))
  return Object.fromEntries([...one, ...several]) as Queries
}

async function loadOne(name: string): Promise<string> {
  const [statement, ...more] = await loadStatements(`${name}.sql`)
  if (statement === undefined || more.length > 0) throw new Fault(`Cannot load query ${name}: not one statement`)
  return statement
}

const migrationFiles = async (): Promise<readonly string[]> =>
  (await readdir(FOLDER)).filter((file) => /^\d{4}-.*\.sql$/.test(file)).sort()

const versionOf = (file: string | undefined): number => Number(file?.slice(0, 4) ?? 0)

/** Version of the tables that this program writes. */
export const newestVersion = async (): Promise<number> => versionOf((await migrationFiles()).at(-1))

const NOTES = `CREATE TABLE IF NOT EXISTS migrations (version UInt32, name String, applied_at DateTime DEFAULT now())
ENGINE = MergeTree ORDER BY version`

/**
 * Brings the tables to the newest version: files `sql/NNNN-name.sql` in order, each noted when done. A file whose note
 * is missing after a crash runs again, so its statements bear repetition. Throws Fault for tables newer than we are.
 */
export async function migrate(engine: Engine): Promise<void> {
  await engine.command(NOTES, {})
  const rows = await engine.query('SELECT max(version) AS version FROM migrations', {})
  const done = Number(rows[0]?.['version'] ?? 0)
  const files = await migrationFiles()
  const newest = versionOf(files.at(-1))
  if (done > newest)
    throw new Fault(`Cannot open the warehouse: its tables are of version ${done}, this program knows ${newest}`)
  for (const name of files) {
    const version = versionOf(name)
    if (version <= done) continue
    for (const statement of await loadStatements(name)) await engine.command(statement, {})
    await engine.command('INSERT INTO migrations (version, name) SELECT {version:UInt32}, {name:String}', {
      version,
      name,
    })
  }
}
