import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import { Fault } from '../../core/model/errors.ts'

/** Statements kept prepared: as many texts as the stores have, times the lengths of their lists. */
const MOST_STATEMENTS = 512
/** Milliseconds for which another reader, such as a backup, may keep us waiting. */
const BUSY_MS = 5000
/** Pages kept in memory, as SQLite counts kibibytes. */
const CACHE = '-65536'

const PAGE_BYTES = 2048
/**
 * Bytes of a row that are in the tree itself are copied when pages are split or joined, and SQLite does not overwrite
 * each copy that it leaves behind, even with `secure_delete`. What follows these first bytes is in pages of
 * overflow, which are never copied and are overwritten when they are freed. Most that a page of a tree without row numbers
 * takes of one row: https://www.sqlite.org/fileformat2.html#cell_payload_overflow_pages
 */
export const SPACER_BYTES = Math.floor(((PAGE_BYTES - 12) * 64) / 255) - 23

/** A file of SQLite that this process alone writes. */
export interface SqliteFile {
  readonly dialect: Dialect
  /**
   * Brings everything into the file itself and empties the write-ahead log, so that what was erased is in neither; false
   * if another reader of the file is in the way just now.
   */
  empty(): boolean
  /** Rewrites the file: nothing of what was erased is left between its rows. */
  rewrite(): void
  close(): void
}

/**
 * Opens a file of SQLite, or one in memory (`:memory:`), for the owner alone: write-ahead log, every transaction on disk
 * when it ends, deleted content overwritten. Throws Fault where it cannot be used.
 */
export function openSqlite(file: string): SqliteFile {
  let db: DatabaseSync | undefined
  try {
    if (file !== ':memory:') {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      closeSync(openSync(file, 'a', 0o600)) // its companions take over the mode of the file
      chmodSync(file, 0o600)
    }
    db = new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
    db.exec(`PRAGMA page_size = ${PAGE_BYTES}`) // of a new file; an old one keeps its own
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    db.exec(`PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY; PRAGMA cache_size = ${CACHE}`)
  } catch (error) {
    db?.close()
    throw new Fault(`Cannot open registry "${file}": it cannot be used`, { cause: error })
  }
  const opened = db
  return {
    dialect: dialectOf(opened),
    empty: () => emptyLog(opened),
    rewrite: () => opened.exec('VACUUM'),
    close: () => opened.close(),
  }
}

function emptyLog(db: DatabaseSync): boolean {
  db.exec('PRAGMA busy_timeout = 50')
  try {
    return db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()?.['busy'] === 0
  } finally {
    db.exec(`PRAGMA busy_timeout = ${BUSY_MS}`)
  }
}

const dialectOf = (db: DatabaseSync): Dialect => ({
  createAdapter: () => new SqliteAdapter(),
  createDriver: () => new NodeSqliteDriver(db),
  createIntrospector: (kysely) => new SqliteIntrospector(kysely),
  createQueryCompiler: () => new SqliteQueryCompiler(),
})

/** One connection; the caller that opened the database closes it. */
class NodeSqliteDriver implements Driver {
  readonly #db: DatabaseSync
  readonly #connection: NodeSqliteConnection

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#connection = new NodeSqliteConnection(db)
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection
  }

  /** A transaction that reads first and writes then must have the right to write from its start. */
  async beginTransaction(): Promise<void> {
    this.#db.exec('BEGIN IMMEDIATE')
  }

  async commitTransaction(): Promise<void> {
    this.#db.exec('COMMIT')
  }

  /** After some errors, as that of a full disk, SQLite has ended the transaction itself. */
  async rollbackTransaction(): Promise<void> {
    if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

interface Prepared {
  readonly statement: StatementSync
  readonly reads: boolean
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #db: DatabaseSync
  readonly #prepared = new Map<string, Prepared>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const { statement, reads } = this.#prepare(sql)
    const values = parameters as readonly SQLInputValue[] // the stores give texts, whole numbers, bytes and null
    if (reads) return { rows: statement.all(...values) as R[] } // Kysely knows from the query what a row is
    return { rows: [], numAffectedRows: BigInt(statement.run(...values).changes) }
  }

  streamQuery(): never {
    throw new Fault('Cannot read registry: rows are read in pages')
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    if (this.#prepared.size >= MOST_STATEMENTS) this.#prepared.clear()
    const statement = this.#db.prepare(sql)
    const prepared = { statement, reads: statement.columns().length > 0 }
    this.#prepared.set(sql, prepared)
    return prepared
  }
}
