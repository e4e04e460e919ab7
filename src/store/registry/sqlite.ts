import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../model/errors.ts'
import { parseAsn, type Asn } from '../../model/units.ts'
import { GRADES, type Invitation, type KeyRow, type Registry } from './contract.ts'

/** Each brings the tables from the version of its place to the next; `user_version` says how far they are. */
const MIGRATIONS = [
  `CREATE TABLE keys (
     pseudonym TEXT PRIMARY KEY, asn INTEGER NOT NULL, grade TEXT NOT NULL, born_on INTEGER NOT NULL,
     seen_on INTEGER NOT NULL, matched_days INTEGER NOT NULL, matched_on INTEGER NOT NULL, burst INTEGER NOT NULL,
     ends_on INTEGER
   ) WITHOUT ROWID, STRICT;
   CREATE INDEX keys_by_birth ON keys (asn, born_on);
   CREATE TABLE invitations (hash TEXT PRIMARY KEY, expires_on INTEGER NOT NULL, uses_left INTEGER NOT NULL)
     WITHOUT ROWID, STRICT;`,
] as const

/** Newest version of the tables of keys. */
export const KEYS_VERSION = MIGRATIONS.length

/** Rows that are kept in memory. */
const MOST_HELD = 20_000

type Row = Record<string, unknown>

const integer = (row: Row, column: string): number => {
  const value = row[column]
  if (typeof value !== 'number') throw new Fault(`Cannot read registry: column ${column} holds no number`)
  return value
}

function decodeKey(row: Row): KeyRow {
  const grade = GRADES.find((known) => known === row['grade'])
  if (grade === undefined || typeof row['pseudonym'] !== 'string')
    throw new Fault('Cannot read registry: a key of an unknown grade')
  return {
    pseudonym: row['pseudonym'],
    asn: parseAsn(row['asn']),
    grade,
    bornOn: integer(row, 'born_on'),
    seenOn: integer(row, 'seen_on'),
    matchedDays: integer(row, 'matched_days'),
    matchedOn: integer(row, 'matched_on'),
    burst: integer(row, 'burst') === 1,
    ...(row['ends_on'] === null ? {} : { endsOn: integer(row, 'ends_on') }),
  }
}

const decodeInvitation = (row: Row): Invitation => ({
  hash: String(row['hash']),
  expiresOn: integer(row, 'expires_on'),
  usesLeft: integer(row, 'uses_left'),
})

/**
 * Opens the registry of submission keys in a data folder that the caller holds, and brings its tables to the newest
 * version. Throws Fault where it is newer than this program or cannot be used.
 *
 * Rows have no number and stand by pseudonym, deleted content is overwritten: the order of arrival is not kept.
 * BUG: until the next checkpoint the write-ahead log shows which rows were written together, so that whoever copies the
 * file in that time can guess that one key vouched for another; each succession is therefore checkpointed at once.
 */
export function openRegistry(folder: string): Registry {
  const path = join(folder, 'registry')
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, 'keys.sqlite')
  let db: DatabaseSync
  try {
    db = new DatabaseSync(file)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    migrate(db, file)
  } catch (error) {
    throw error instanceof Fault ? error : new Fault(`Cannot open registry "${file}"`, { cause: error })
  }
  return new SqliteRegistry(db)
}

function migrate(db: DatabaseSync, file: string): void {
  const version = integer(db.prepare('PRAGMA user_version').get() ?? {}, 'user_version')
  if (version > MIGRATIONS.length)
    throw new Fault(
      `Cannot open registry "${file}": it is of version ${version}, this program knows ${MIGRATIONS.length}`,
    )
  for (const [nth, statements] of MIGRATIONS.entries())
    if (nth >= version) db.exec(`BEGIN IMMEDIATE; ${statements} PRAGMA user_version = ${nth + 1}; COMMIT`)
}

class SqliteRegistry implements Registry {
  readonly #db: DatabaseSync
  /** Rows read last: every submission asks for one. This process alone writes. */
  readonly #held = new Map<string, KeyRow>()
  readonly #key
  readonly #save
  readonly #born

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#key = db.prepare('SELECT * FROM keys WHERE pseudonym = ?')
    this.#save = db.prepare('INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    this.#born = db.prepare("SELECT count(*) AS n FROM keys WHERE asn = ? AND born_on = ? AND grade = 'plain'")
  }

  key(pseudonym: string): KeyRow | undefined {
    const held = this.#held.get(pseudonym)
    if (held !== undefined) return held
    const row = this.#key.get(pseudonym)
    if (row === undefined) return undefined
    const key = decodeKey(row)
    if (this.#held.size >= MOST_HELD) this.#held.clear()
    this.#held.set(pseudonym, key)
    return key
  }

  keys(): readonly KeyRow[] {
    return this.#db.prepare('SELECT * FROM keys ORDER BY pseudonym').all().map(decodeKey)
  }

  save(row: KeyRow): void {
    const { pseudonym, asn, grade, bornOn, seenOn, matchedDays, matchedOn, burst, endsOn = null } = row
    this.#held.delete(pseudonym)
    this.#save.run(pseudonym, asn, grade, bornOn, seenOn, matchedDays, matchedOn, Number(burst), endsOn)
  }

  bornOn(asn: Asn, day: number): number {
    return integer(this.#born.get(asn, day) ?? {}, 'n')
  }

  markBurst(asn: Asn, day: number): void {
    this.#held.clear()
    this.#db.prepare("UPDATE keys SET burst = 1 WHERE asn = ? AND born_on = ? AND grade = 'plain'").run(asn, day)
  }

  forget(day: number): void {
    this.#held.clear()
    this.#db.prepare('DELETE FROM keys WHERE seen_on < ?').run(day)
    this.#db.prepare('DELETE FROM invitations WHERE expires_on < ?').run(day)
  }

  invite(invitations: readonly Invitation[]): void {
    const add = this.#db.prepare('INSERT INTO invitations VALUES (?, ?, ?)')
    this.#together(() => {
      for (const { hash, expiresOn, usesLeft } of invitations) add.run(hash, expiresOn, usesLeft)
      return true
    })
  }

  invitations(): readonly Invitation[] {
    return this.#db.prepare('SELECT * FROM invitations ORDER BY expires_on, hash').all().map(decodeInvitation)
  }

  enrol(hash: string, day: number, row: KeyRow): boolean {
    const use = this.#db.prepare(
      'UPDATE invitations SET uses_left = uses_left - 1 WHERE hash = ? AND expires_on >= ? AND uses_left > 0',
    )
    return this.#together(() => {
      if (use.run(hash, day).changes === 0) return false
      this.save(row)
      return true
    })
  }

  succeed(successor: KeyRow, predecessor: KeyRow): void {
    this.#together(() => {
      this.save(successor)
      this.save(predecessor)
      return true
    })
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  #together(work: () => boolean): boolean {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const done = work()
      this.#db.exec(done ? 'COMMIT' : 'ROLLBACK')
      return done
    } catch (error) {
      this.#held.clear()
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  [Symbol.dispose](): void {
    this.#db.close()
  }
}
