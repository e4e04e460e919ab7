import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { copyFile, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { backup, DatabaseSync, type StatementSync } from 'node:sqlite'
import { Fault } from '../../core/model/errors.ts'
import { COMMON_DAYS, COMMON_DEVICES, type SeenAgain, type SeenValues, type Sighting } from './contract.ts'

const VERSION = 1
/** Before names of tables in which everything is noted again. */
const NEXT = 'next_'
type Prefix = '' | typeof NEXT
const tablesOf = (prefix: Prefix): string => `
  CREATE TABLE ${prefix}secret (bytes BLOB NOT NULL) STRICT;
  CREATE TABLE ${prefix}seen (
    key BLOB NOT NULL, device TEXT NOT NULL, day INTEGER NOT NULL, leaf INTEGER NOT NULL,
    PRIMARY KEY (key, device, day)
  ) WITHOUT ROWID, STRICT;`
const indexesOf = (prefix: Prefix): string => `
  CREATE INDEX ${prefix}seen_by_leaf ON ${prefix}seen (leaf);
  CREATE INDEX ${prefix}seen_by_day ON ${prefix}seen (day);`

/** Days after which a value that did not become common is forgotten. */
const FORGET_DAYS = 100
/** Values of one measurement that are noted: one that brings more is made to fill the disk. */
const MOST_VALUES = 500
/** Rows that are kept, some 100 bytes each: beyond it no new value is noted until old ones are forgotten. */
const MOST_ROWS = 4_000_000
const SECRET_BYTES = 32

const COMMON = `SELECT count(DISTINCT device) >= ${COMMON_DEVICES} AND count(DISTINCT day) >= ${COMMON_DAYS} AS common
  FROM seen WHERE key = ?`

/** Opens the store in a data folder that the caller holds. Throws Fault where it is newer or cannot be used. */
export function openSeenValues(folder: string, mostRows = MOST_ROWS): SeenValues {
  if (folder === ':memory:') return new SqliteSeenValues(new DatabaseSync(folder), mostRows)
  const file = fileIn(folder)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  try {
    const db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON')
    return new SqliteSeenValues(db, mostRows)
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(`Cannot open seen values "${file}"`, { cause: error })
  }
}

/** File of the store within its folder. */
export const SEEN_FILE = join('derived', 'seen-values.sqlite')
const fileIn = (folder: string): string => join(folder, SEEN_FILE)

/** Without a store nothing is common. */
export const NOTHING_COMMON: Pick<SeenValues, 'secret' | 'isCommon'> = {
  secret: new Uint8Array(SECRET_BYTES),
  isCommon: () => false,
}

/** Opens the store that the holder of a data folder opened, for reading: in another thread, while the holder writes. */
export function openSeenReader(folder: string): Pick<SeenValues, 'secret' | 'isCommon'> {
  const db = new DatabaseSync(fileIn(folder), { readOnly: true, timeout: 5000 })
  const common = db.prepare(COMMON)
  const secret = db.prepare('SELECT bytes FROM secret')
  return {
    // Asked each time: a rebuild draws another.
    get secret() {
      const bytes = secret.get()?.['bytes']
      return bytes instanceof Uint8Array ? bytes : NOTHING_COMMON.secret
    },
    isCommon: (key) => common.get(key)?.['common'] === 1,
  }
}

const has = (db: DatabaseSync, table: string): boolean =>
  db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(table) !== undefined

/**
 * Copies the store of seen values where it changed since `before`; gives what is known of the state that was copied. A
 * copy that was made while the centre wrote may not hold together: then the one before it stays.
 */
export async function copySeenValues(folder: string, work: string, before: string | undefined): Promise<string> {
  const stampOf = async (file: string): Promise<string> => {
    const found = await stat(file).catch(() => undefined)
    return found === undefined ? '-' : `${found.size} ${found.mtimeMs}`
  }
  const from = fileIn(folder)
  const stamp = `${await stampOf(from)} ${await stampOf(`${from}-wal`)}`
  if (stamp === before) return stamp
  if (before === undefined) openSeenValues(work)[Symbol.dispose]()
  if (stamp.startsWith('-')) return stamp
  const copy = join(work, 'seen-values-copy', 'seen-values.sqlite')
  await mkdir(join(work, 'seen-values-copy'), { recursive: true, mode: 0o700 })
  await copyFile(from, copy)
  await copyFile(`${from}-wal`, `${copy}-wal`).catch(() => undefined)
  const database = new DatabaseSync(copy)
  try {
    const [row] = database.prepare('PRAGMA quick_check').all()
    if (row?.['quick_check'] !== 'ok') return before ?? ''
    await backup(database, fileIn(work))
    return stamp
  } catch {
    return before ?? ''
  } finally {
    database.close()
  }
}

class SqliteSeenValues implements SeenValues {
  readonly #db: DatabaseSync
  readonly #mostRows: number
  #notes: Notes
  #again: Notes | undefined

  constructor(db: DatabaseSync, mostRows: number) {
    this.#db = db
    this.#mostRows = mostRows
    const version = db.prepare('PRAGMA user_version').get()?.['user_version']
    if (typeof version === 'number' && version > VERSION)
      throw new Fault(`Cannot open seen values: they are of version ${version}, this program knows ${VERSION}`)
    if (version === 0) db.exec(`BEGIN; ${tablesOf('')} ${indexesOf('')} PRAGMA user_version = ${VERSION}; COMMIT`)
    this.#notes = new Notes(db, mostRows, '')
    if (has(db, `${NEXT}seen`)) this.#again = new Notes(db, mostRows, NEXT)
  }

  get secret(): Uint8Array {
    return this.#notes.secret
  }

  note(sightings: readonly Sighting[]): void {
    this.#notes.note(sightings)
  }

  isCommon(key: Uint8Array): boolean {
    return this.#db.prepare(COMMON).get(key)?.['common'] === 1
  }

  forget(leaves: readonly number[]): void {
    this.#notes.forget(leaves)
    this.#again?.forget(leaves)
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  again(goesOn: boolean): SeenAgain {
    if (goesOn && this.#again === undefined)
      return { secret: this.secret, note: (sightings) => this.note(sightings), adopt: () => undefined }
    if (!goesOn) {
      const drop = `DROP TABLE IF EXISTS ${NEXT}seen; DROP TABLE IF EXISTS ${NEXT}secret;`
      this.#db.exec(`BEGIN; ${drop} ${tablesOf(NEXT)} ${indexesOf(NEXT)} COMMIT`)
    }
    const again = goesOn ? this.#again : new Notes(this.#db, this.#mostRows, NEXT)
    if (again === undefined) throw new Fault('Cannot note seen values again: there is no table')
    this.#again = again
    return { secret: again.secret, note: (sightings) => again.note(sightings), adopt: () => this.#adopt() }
  }

  /** Crash: all of it or nothing. Tables keep their names, so that those who read in other threads need not know. */
  #adopt(): void {
    this.#db.exec(`BEGIN; DROP TABLE seen; DROP TABLE secret;
      ALTER TABLE ${NEXT}seen RENAME TO seen; ALTER TABLE ${NEXT}secret RENAME TO secret;
      DROP INDEX ${NEXT}seen_by_leaf; DROP INDEX ${NEXT}seen_by_day; ${indexesOf('')} COMMIT`)
    this.#again = undefined
    this.#notes = new Notes(this.#db, this.#mostRows, '')
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}

/** One set of tables. */
class Notes {
  readonly #db: DatabaseSync
  readonly #mostRows: number
  readonly #prefix: Prefix
  readonly secret: Uint8Array
  #rows: number
  #today = -1
  /** Asked and written for each value of a submission: prepared once. */
  readonly #find: StatementSync
  readonly #insert: StatementSync

  constructor(db: DatabaseSync, mostRows: number, prefix: Prefix) {
    this.#db = db
    this.#mostRows = mostRows
    this.#prefix = prefix
    this.#find = db.prepare(`SELECT device, day FROM ${prefix}seen WHERE key = ?`)
    this.#insert = db.prepare(`INSERT OR IGNORE INTO ${prefix}seen (key, device, day, leaf) VALUES (?, ?, ?, ?)`)
    this.secret = this.#readSecret()
    this.#rows = this.#count()
  }

  note(sightings: readonly Sighting[]): void {
    this.#db.exec('BEGIN')
    try {
      for (const { keys, device, day, leafIndex } of sightings) {
        this.#turnDay(day)
        for (const key of keys.slice(0, MOST_VALUES))
          if (this.#adds(key, device, day)) this.#rows += Number(this.#insert.run(key, device, day, leafIndex).changes)
      }
      this.#db.exec('COMMIT')
    } catch (error) {
      this.#db.exec('ROLLBACK')
      this.#rows = this.#count()
      throw error
    }
  }

  /** Whether a row brings the value nearer to being common: a new device, or a second day. */
  #adds(key: Uint8Array, device: string, day: number): boolean {
    const rows = this.#find.all(key)
    if (rows.length === 0) return this.#rows < this.#mostRows
    const devices = new Set(rows.map((row) => row['device']))
    const days = new Set(rows.map((row) => row['day']))
    const lacksDevice = devices.size < COMMON_DEVICES && !devices.has(device)
    return lacksDevice || (days.size < COMMON_DAYS && !days.has(day))
  }

  forget(leaves: readonly number[]): void {
    const remove = this.#db.prepare(`DELETE FROM ${this.#prefix}seen WHERE leaf = ?`)
    for (const leaf of leaves) this.#rows -= Number(remove.run(leaf).changes)
  }

  /** Once a day what did not become common for a long time goes. */
  #turnDay(day: number): void {
    if (day <= this.#today) return
    this.#today = day
    const seen = `${this.#prefix}seen`
    this.#db
      .prepare(
        `DELETE FROM ${seen} WHERE key IN (SELECT key FROM ${seen} WHERE day < ?)
           AND key NOT IN (SELECT key FROM ${seen} GROUP BY key
             HAVING count(DISTINCT device) >= ${COMMON_DEVICES} AND count(DISTINCT day) >= ${COMMON_DAYS})
           AND day < ?`,
      )
      .run(day - FORGET_DAYS, day - FORGET_DAYS)
    this.#rows = this.#count()
  }

  #readSecret(): Uint8Array {
    const known = this.#db.prepare(`SELECT bytes FROM ${this.#prefix}secret`).get()?.['bytes']
    if (known instanceof Uint8Array) return known
    const made = randomBytes(SECRET_BYTES)
    this.#db.prepare(`INSERT INTO ${this.#prefix}secret (bytes) VALUES (?)`).run(made)
    return made
  }

  #count(): number {
    return Number(this.#db.prepare(`SELECT count(*) AS rows FROM ${this.#prefix}seen`).get()?.['rows'] ?? 0)
  }
}

/** What a reader needs to know which values are common: digests and their key, of no device and no measurement. */
export interface CommonValues {
  /** In hexadecimal digits, as the digests. */
  readonly secret: string
  readonly keys: readonly string[]
}

/** Where nothing was seen. */
export const NO_COMMON_VALUES: CommonValues = { secret: '00'.repeat(32), keys: [] }

/** Keys that are looked at in one go: a few milliseconds, after which others have their turn. */
const COMMON_STEP = 2000
const COMMON_ROWS = Math.max(COMMON_DEVICES, COMMON_DAYS)

/** Common values of a data folder; undefined where nothing was seen yet. */
export async function listCommonValues(folder: string): Promise<CommonValues | undefined> {
  const file = join(folder, SEEN_FILE)
  if (!existsSync(file)) return undefined
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    const secret = database.prepare('SELECT lower(hex(bytes)) AS secret FROM secret').get()?.['secret']
    if (typeof secret !== 'string') return undefined
    const step = database.prepare(
      `SELECT key, count(DISTINCT device) >= ${COMMON_DEVICES} AND count(DISTINCT day) >= ${COMMON_DAYS} AS common
         FROM seen WHERE key > ? GROUP BY key ORDER BY key LIMIT ${COMMON_STEP}`,
    )
    const keys: string[] = []
    for (let after = new Uint8Array(); ;) {
      const rows = step.all(after)
      for (const { key, common } of rows)
        if (key instanceof Uint8Array && common === 1) keys.push(Buffer.from(key).toString('hex'))
      const last = rows.at(-1)?.['key']
      if (rows.length < COMMON_STEP || !(last instanceof Uint8Array)) return { secret, keys }
      after = Uint8Array.from(last)
      await breathe()
    }
  } finally {
    database.close()
  }
}

/** Makes a folder know these common values and no others, in one step, also while another thread reads there. */
export function writeCommonValues(folder: string, { secret, keys }: CommonValues): void {
  openSeenValues(folder)[Symbol.dispose]()
  const database = new DatabaseSync(join(folder, SEEN_FILE), { timeout: 5000 })
  try {
    database.exec('BEGIN; DELETE FROM seen; DELETE FROM secret')
    database.prepare('INSERT INTO secret (bytes) VALUES (?)').run(Buffer.from(secret, 'hex'))
    const insert = database.prepare('INSERT INTO seen (key, device, day, leaf) VALUES (?, ?, ?, 0)')
    for (const key of keys)
      for (let nth = 0; nth < COMMON_ROWS; nth++)
        insert.run(Buffer.from(key, 'hex'), `${nth % COMMON_DEVICES}`, nth % COMMON_DAYS)
    database.exec('COMMIT')
  } finally {
    database.close()
  }
}
