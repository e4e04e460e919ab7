import { Kysely, sql } from 'kysely'
import { existsSync } from 'node:fs'
import { Fault, InputError } from '../../core/model/errors.ts'
import { GroupCommit } from './group-commit.ts'
import { openPostgres, type PostgresPart } from './postgres.ts'
import { SESSION_LIMITS, type SessionLimits } from './session-limits.ts'
import { openSqlite, SPACER_BYTES, type SqliteFile } from './sqlite-dialect.ts'

/** Where one part of a registry stands. */
export type RegistryPlace =
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'postgres'
      /** `postgres://…`, with its password: never shown. */
      readonly url: string
      /** File in which the part may still be: while it is there, no empty part is begun in the database. */
      readonly instead?: string
      /** Other limits than those of `SESSION_LIMITS`: for tests. */
      readonly limits?: SessionLimits
      /** Called when the part is there and of the newest version. */
      readonly onBegun?: () => void
    }

/** A registry that ends with the process: for tests. */
export const memoryWhere: RegistryPlace = { kind: 'sqlite', file: ':memory:' }

/** Words in which the two databases differ, for the texts that make tables. */
export interface DialectWords {
  /** Text that is compared byte by byte. */
  readonly text: string
  /** Whole number of up to 53 bits. */
  readonly whole: string
  readonly bytes: string
  /** Behind a table whose rows stand by their name and have no number. */
  readonly byName: string
  /** Before columns whose content must be gone as soon as it is erased (`SPACER_BYTES` of sqlite-dialect.ts). */
  readonly spacer: string
}

const SPACER = `spacer BLOB NOT NULL DEFAULT (zeroblob(${SPACER_BYTES})),`

const WORDS = {
  sqlite: { text: 'TEXT', whole: 'INTEGER', bytes: 'BLOB', byName: ' WITHOUT ROWID, STRICT', spacer: SPACER },
  postgres: { text: 'TEXT COLLATE "C"', whole: 'BIGINT', bytes: 'BYTEA', byName: '', spacer: '' },
} as const satisfies Record<RegistryPlace['kind'], DialectWords>

/** One part of a registry: its tables, step by step. A step that was published is never changed. */
export interface RegistryPart {
  readonly name: 'keys' | 'reports' | 'letters' | 'subscriptions'
  /** Number of its lock in PostgreSQL. */
  readonly number: number
  /** Each brings the tables from the version of its place to the next. */
  readonly migrations: readonly ((words: DialectWords) => readonly string[])[]
  /** Tables whose rows hold what may have to be erased for good. */
  readonly erasable: readonly string[]
}

interface VersionRow {
  readonly part: string
  readonly version: number
}

/** An opened part of a registry: one process holds it, and its calls are joined into durable transactions. */
export interface RegistryDatabase<T> extends AsyncDisposable {
  readonly calls: GroupCommit<T>
  /** Rewrites what may hold erased rows, so that nothing of them is left in the database's own files. */
  rewrite(): Promise<void>
}

/** Version of a part that was moved to another place: an older program finds it too new, too. */
export const MOVED = 1_000_000_000

/** After how many milliseconds it is tried again to empty the write-ahead log, if a reader was in the way. */
const EMPTY_AGAIN_MS = 1000

/**
 * Opens one part of a registry and brings its tables to the newest version. Throws Fault where it cannot be used, is held
 * by another process, holds another part or is newer than this program; InputError where the driver of PostgreSQL is not
 * installed.
 */
export async function openDatabase<T>(where: RegistryPlace, part: RegistryPart): Promise<RegistryDatabase<T>> {
  const opened =
    where.kind === 'sqlite'
      ? openSqlite(where.file)
      : await openPostgres(where.url, part.number, where.limits ?? SESSION_LIMITS)
  const [file, server] = 'onTables' in opened ? [undefined, opened] : [opened, undefined]
  const db = new Kysely<T>({ dialect: opened.dialect })
  try {
    await (server === undefined ? migrate(db, where, part) : server.onTables(() => migrate(db, where, part)))
    if (where.kind === 'postgres') where.onBegun?.()
  } catch (error) {
    await db.destroy()
    file?.close()
    throw error instanceof Fault || error instanceof InputError
      ? error
      : new Fault(`Cannot open registry ${placeName(where)}`, { cause: error })
  }
  return new OpenDatabase(db, opened, part)
}

/** A place as it may be shown to anyone: without user and password. */
export function placeName(where: RegistryPlace): string {
  if (where.kind === 'sqlite') return `"${where.file}"`
  if (URL.canParse(where.url)) return `at "${new URL(where.url).host}${new URL(where.url).pathname}"`
  // By a socket: there is no host between user and database.
  const [, database] = /^postgres(?:ql)?:\/\/[^@/]*@\/([\w-]+)\?/.exec(where.url) ?? []
  const [, socket] = /[?&]host=([^&]+)/.exec(where.url) ?? []
  return database === undefined || socket === undefined ? 'in PostgreSQL' : `at "${socket}/${database}"`
}

async function migrate<T>(db: Kysely<T>, where: RegistryPlace, part: RegistryPart): Promise<void> {
  const words = WORDS[where.kind]
  const columns = `part ${words.text} PRIMARY KEY, version ${words.whole} NOT NULL`
  await db.transaction().execute(async (transaction) => {
    await sql.raw(`CREATE TABLE IF NOT EXISTS registry_version (${columns})${words.byName}`).execute(transaction)
    const { rows } = await sql<VersionRow>`SELECT part, version FROM registry_version`.execute(transaction)
    if (where.kind === 'sqlite' && rows.some((row) => row.part !== part.name))
      throw new Fault(`Cannot open registry ${placeName(where)}: it holds ${rows[0]?.part ?? ''}, not ${part.name}`)
    const version = rows.find((row) => row.part === part.name)?.version ?? 0
    const newest = part.migrations.length
    if (version === MOVED)
      throw new Fault(
        `Cannot open registry ${placeName(where)}: its part ${part.name} was moved away by "kuager registry move"`,
      )
    if (version === 0 && where.kind === 'postgres' && where.instead !== undefined && existsSync(where.instead))
      throw new InputError(
        `Cannot begin the registry ${placeName(where)}: its part ${part.name} is still in "${where.instead}"`,
        {
          code: 'registry.file',
          path: where.instead,
          expected: '"kuager registry move" first; or, where its rows are to be given up, no such file',
        },
      )
    if (version > newest)
      throw new Fault(
        `Cannot open registry ${placeName(where)}: it is of version ${version}, this program knows ${newest}`,
      )
    // All missing steps in one transaction: a registry is of the old version or of the new one.
    if (version === newest) return
    for (const step of part.migrations.slice(version))
      for (const statement of step(words)) await sql.raw(statement).execute(transaction)
    await sql`INSERT INTO registry_version VALUES (${part.name}, ${newest})
      ON CONFLICT (part) DO UPDATE SET version = ${newest}`.execute(transaction)
  })
}

class OpenDatabase<T> implements RegistryDatabase<T> {
  readonly calls: GroupCommit<T>
  readonly #db: Kysely<T>
  readonly #file: SqliteFile | undefined
  readonly #server: PostgresPart | undefined
  readonly #part: RegistryPart
  #again: NodeJS.Timeout | undefined
  #closed = false

  constructor(db: Kysely<T>, opened: SqliteFile | PostgresPart, part: RegistryPart) {
    this.#db = db
    if ('onTables' in opened) this.#server = opened
    else this.#file = opened
    this.#part = part
    this.calls = new GroupCommit(db, async () => this.#empty())
  }

  /** What was erased leaves the write-ahead log too: now, or as soon as no one reads the file. */
  #empty(): void {
    if (this.#file === undefined || this.#closed) return
    clearTimeout(this.#again)
    this.#again = undefined
    let emptied = false
    try {
      emptied = this.#file.empty()
    } catch {
      // The disk failed; what is written next will say so.
    }
    if (emptied) return
    this.#again = setTimeout(() => void this.calls.alone(async () => this.#empty()), EMPTY_AGAIN_MS)
    this.#again.unref()
  }

  rewrite(): Promise<void> {
    return this.calls.alone(async () => {
      try {
        if (this.#file !== undefined) {
          this.#empty() // the old pages are overwritten in their place before the file is made shorter
          this.#file.rewrite()
          this.#empty()
        }
        await this.#server?.onTables(async () => {
          for (const table of this.#part.erasable) await sql`VACUUM FULL ${sql.table(table)}`.execute(this.#db)
        })
      } catch (error) {
        throw new Fault('Cannot rewrite registry: the database failed', { cause: error })
      }
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    await this.calls.idle()
    if (this.#again !== undefined) this.#empty()
    clearTimeout(this.#again)
    this.#closed = true
    await this.#db.destroy()
    this.#file?.close()
  }
}
