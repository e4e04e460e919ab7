import { constants, existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { backup, DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { Fault } from '../../core/model/errors.ts'
import { LETTERS } from '../../letter/registry/tables.ts'
import { REPORTS } from '../../reports/registry/tables.ts'
import { SUBSCRIPTIONS } from '../../subscriptions/registry/tables.ts'
import { KEYS_VERSION } from '../../store/registry/sqlite.ts'
import { PARTS } from './place.ts'

/** Files of a registry by what they hold: keys of probes, what people told, subscriptions, letters with their signatures. */
export const REGISTRY_FILES = {
  keys: { name: PARTS.keys.file, version: KEYS_VERSION },
  reports: { name: PARTS.reports.file, version: REPORTS.migrations.length },
  subscriptions: { name: PARTS.subscriptions.file, version: SUBSCRIPTIONS.migrations.length },
  letters: { name: PARTS.letters.file, version: LETTERS.migrations.length },
} as const
export type RegistryFilePart = keyof typeof REGISTRY_FILES

/** Pages of one step: all of them, so that the copy is of one point in time however much is written meanwhile. */
const ALL_PAGES = 0x7fff_ffff

/**
 * Copies a file of the registry as it is at one point in time, also while its holder writes, into a new file that needs
 * nothing next to it, and makes that durable. Throws Fault where it cannot be read or written.
 */
export async function copyRegistryFile(from: string, to: string): Promise<void> {
  try {
    await (await open(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)).close()
    const source = new DatabaseSync(from, { readOnly: true, timeout: 5000 })
    try {
      await backup(source, to, { rate: ALL_PAGES })
    } finally {
      source.close()
    }
    const copy = new DatabaseSync(to)
    try {
      copy.exec('PRAGMA journal_mode = DELETE')
    } finally {
      copy.close()
    }
    const file = await open(to, 'r+')
    await file.sync()
    await file.close()
  } catch (error) {
    throw new Fault(`Cannot copy registry "${from}"`, { cause: error })
  }
}

/** What a look into a file of the registry found. */
export interface CheckedFile {
  /** Version of its tables; 0 where it has none. */
  readonly version: number
  /** Rows of each table, by its name. */
  readonly rows: Readonly<Record<string, number>>
  /** Sentences of what is wrong; empty where all is well. */
  readonly wrong: readonly string[]
}

/** Reads a whole file of the registry: its pages, its references, its version and what its rows owe one another. */
export function checkRegistryFile(file: string, part: RegistryFilePart): CheckedFile {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
    db.exec('BEGIN') // one moment for all questions, while the holder goes on
    return look(db, part)
  } catch (error) {
    const why = error instanceof Error ? error.message : 'it cannot be read'
    return { version: 0, rows: {}, wrong: [`it is damaged: ${why}`] }
  } finally {
    db?.close()
  }
}

/** Version of the tables of a file of the registry, which is not changed; 0 where it has none. Throws Fault where it cannot be read. */
export function readRegistryVersion(file: string, part: RegistryFilePart): number {
  // Without a write-ahead log no one has it open; SQLite then makes no file next to it.
  const place = pathToFileURL(file)
  if (!existsSync(`${file}-wal`)) place.search = 'immutable=1'
  try {
    const db = new DatabaseSync(place, { readOnly: true, timeout: 5000 })
    try {
      const tables = db
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .all()
        .map((row) => String(row['name']))
      return versionOf(part, tables, (text) => Number(Object.values(db.prepare(text).get() ?? {})[0] ?? 0))
    } finally {
      db.close()
    }
  } catch (error) {
    throw new Fault(`Cannot read registry "${file}"`, { cause: error })
  }
}

function look(db: DatabaseSync, part: RegistryFilePart): CheckedFile {
  const all = (text: string): Record<string, unknown>[] => db.prepare(text).all()
  const one = (text: string): number => Number(Object.values(db.prepare(text).get() ?? {})[0] ?? 0)
  const wrong: string[] = []
  for (const row of all('PRAGMA integrity_check(20)'))
    if (row['integrity_check'] !== 'ok') wrong.push(`it is damaged: ${String(row['integrity_check'])}`)
  if (all('PRAGMA foreign_key_check').length > 0) wrong.push('rows refer to rows that are not there')
  const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").map((row) =>
    String(row['name']),
  )
  const version = versionOf(part, tables, one)
  const { version: newest } = REGISTRY_FILES[part]
  if (version === 0) wrong.push(`it holds no registry of ${part}`)
  else if (version > newest) wrong.push(`it is of version ${version}, this program knows ${newest}`)
  else if (part === 'letters') for (const [text, sentence] of DEBTS) if (one(text) > 0) wrong.push(sentence)
  const rows = tables
    .filter((name) => name !== 'registry_version')
    .map((name) => [name, one(`SELECT count(*) FROM "${name}"`)] as const)
  return { version, rows: Object.fromEntries(rows), wrong }
}

function versionOf(part: RegistryFilePart, tables: readonly string[], one: (text: string) => number): number {
  if (part === 'keys') return tables.includes('keys') ? one('PRAGMA user_version') : 0
  return tables.includes('registry_version') ? one(`SELECT version FROM registry_version WHERE part = '${part}'`) : 0
}

/** Questions that a whole registry of letters answers with 0, and what else is wrong. */
const DEBTS = [
  ['SELECT count(*) - coalesce(max(nth), -1) - 1 <> 0 FROM leaves', 'leaves are missing'],
  [
    "SELECT count(*) FROM signatures WHERE state IN ('counted', 'void') AND (leaf IS NULL OR leaf NOT IN (SELECT nth FROM leaves))",
    'signatures count without a leaf',
  ],
  [
    "SELECT count(*) FROM signatures WHERE state IN ('awaiting', 'pending', 'held') AND leaf IS NOT NULL",
    'signatures that do not count have a leaf',
  ],
  ['SELECT count(leaf) - count(DISTINCT leaf) FROM signatures', 'two signatures share a leaf'],
] as const
