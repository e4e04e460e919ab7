import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../../core/model/errors.ts'
import { parseAsn, type Asn } from '../../core/model/units.ts'
import { GRADES, type Enrolment, type Invitation, type KeyRow, type Lineage, type Registry } from './contract.ts'

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
  // Lineages. What an older version marked as a crowd shares one: its keys were born on one network and day.
  `CREATE TABLE lineages (number TEXT PRIMARY KEY, born_on INTEGER NOT NULL, next TEXT) WITHOUT ROWID, STRICT;
   CREATE TABLE heirs (lineage TEXT NOT NULL, asn INTEGER NOT NULL, month INTEGER NOT NULL,
     PRIMARY KEY (lineage, asn, month)) WITHOUT ROWID, STRICT;
   CREATE TABLE enrolments (hash TEXT NOT NULL, asn INTEGER NOT NULL, replaced_in INTEGER,
     PRIMARY KEY (hash, asn)) WITHOUT ROWID, STRICT;
   CREATE TABLE keys_of_today (
     pseudonym TEXT PRIMARY KEY, asn INTEGER NOT NULL, grade TEXT NOT NULL, born_on INTEGER NOT NULL,
     seen_on INTEGER NOT NULL, matched_days INTEGER NOT NULL, matched_on INTEGER NOT NULL, ends_on INTEGER, lineage TEXT
   ) WITHOUT ROWID, STRICT;
   CREATE TEMP TABLE crowds AS SELECT asn, born_on, lower(hex(randomblob(16))) AS number
     FROM keys WHERE burst = 1 GROUP BY asn, born_on;
   INSERT INTO lineages SELECT number, born_on, NULL FROM crowds;
   INSERT INTO keys_of_today SELECT pseudonym, asn, grade, born_on, seen_on, matched_days, matched_on, ends_on,
     CASE WHEN burst = 1 THEN
       (SELECT number FROM crowds WHERE crowds.asn = keys.asn AND crowds.born_on = keys.born_on) END FROM keys;
   DROP TABLE temp.crowds;
   DROP TABLE keys;
   ALTER TABLE keys_of_today RENAME TO keys;
   CREATE INDEX keys_by_birth ON keys (born_on);
   CREATE INDEX keys_by_lineage ON keys (lineage);
   ALTER TABLE invitations ADD COLUMN lineage TEXT NOT NULL DEFAULT '';
   UPDATE invitations SET lineage = lower(hex(randomblob(16)));`,
  `CREATE TABLE revocations (name TEXT PRIMARY KEY, from_day INTEGER NOT NULL) WITHOUT ROWID, STRICT;`,
] as const

/** Newest version of the tables of keys. */
export const KEYS_VERSION = MIGRATIONS.length

/** The file of the registry of keys of a data folder. */
export const keysFile = (folder: string): string => join(folder, 'registry', 'keys.sqlite')

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
    ...(row['ends_on'] === null ? {} : { endsOn: integer(row, 'ends_on') }),
    ...(typeof row['lineage'] === 'string' ? { lineage: row['lineage'] } : {}),
  }
}

const decodeInvitation = (row: Row): Invitation => ({
  hash: String(row['hash']),
  expiresOn: integer(row, 'expires_on'),
  usesLeft: integer(row, 'uses_left'),
  lineage: String(row['lineage']),
})

const decodeLineage = (row: Row): Lineage => ({
  number: String(row['number']),
  bornOn: integer(row, 'born_on'),
  ...(typeof row['next'] === 'string' ? { next: row['next'] } : {}),
})

const decodeEnrolment = (row: Row): Enrolment => ({
  hash: String(row['hash']),
  asn: parseAsn(row['asn']),
  ...(row['replaced_in'] === null ? {} : { replacedIn: integer(row, 'replaced_in') }),
})

/**
 * Opens the registry of submission keys in a data folder that the caller holds, and brings its tables to the newest
 * version. Throws Fault where it is newer than this program or cannot be used.
 *
 * Rows have no number and are ordered by pseudonym, deleted content is overwritten: the order of arrival is not kept.
 * BUG: until the next checkpoint the write-ahead log shows which rows were written together, so that someone who copies
 * the file in that time can guess that one key vouched for another; each succession is therefore checkpointed at once.
 */
export function openRegistry(folder: string): Registry & Disposable {
  mkdirSync(join(folder, 'registry'), { recursive: true, mode: 0o700 })
  const file = keysFile(folder)
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

class SqliteRegistry implements Registry, Disposable {
  readonly #db: DatabaseSync
  /** Rows read last: every submission asks for one. This process alone writes. */
  readonly #held = new Map<string, KeyRow>()
  #revoked: ReadonlyMap<string, number> | undefined
  readonly #key
  readonly #save

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#key = db.prepare('SELECT * FROM keys WHERE pseudonym = ?')
    this.#save = db.prepare('INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
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

  keysOf(lineage: string): readonly KeyRow[] {
    return this.#db.prepare('SELECT * FROM keys WHERE lineage = ? ORDER BY pseudonym').all(lineage).map(decodeKey)
  }

  save(row: KeyRow): void {
    const { pseudonym, asn, grade, bornOn, seenOn, matchedDays, matchedOn, endsOn, lineage } = row
    this.#held.delete(pseudonym)
    const ends = endsOn ?? null
    this.#save.run(pseudonym, asn, grade, bornOn, seenOn, matchedDays, matchedOn, ends, lineage ?? null)
  }

  bornOn(day: number): number {
    const row = this.#db.prepare("SELECT count(*) AS n FROM keys WHERE born_on = ? AND grade = 'plain'").get(day)
    return integer(row ?? {}, 'n')
  }

  lineage(number: string): Lineage | undefined {
    const row = this.#db.prepare('SELECT * FROM lineages WHERE number = ?').get(number)
    return row && decodeLineage(row)
  }

  lineages(): readonly Lineage[] {
    return this.#db.prepare('SELECT * FROM lineages ORDER BY number').all().map(decodeLineage)
  }

  saveLineage({ number, bornOn, next }: Lineage): void {
    this.#db.prepare('INSERT OR REPLACE INTO lineages VALUES (?, ?, ?)').run(number, bornOn, next ?? null)
  }

  addHeir({ lineage, asn, month }: { readonly lineage: string; readonly asn: Asn; readonly month: number }): boolean {
    return this.#db.prepare('INSERT OR IGNORE INTO heirs VALUES (?, ?, ?)').run(lineage, asn, month).changes === 1
  }

  invitation(hash: string): Invitation | undefined {
    const row = this.#db.prepare('SELECT * FROM invitations WHERE hash = ?').get(hash)
    return row && decodeInvitation(row)
  }

  invitations(): readonly Invitation[] {
    return this.#db.prepare('SELECT * FROM invitations ORDER BY expires_on, hash').all().map(decodeInvitation)
  }

  saveInvitation({ hash, expiresOn, usesLeft, lineage }: Invitation): void {
    this.#db.prepare('INSERT OR REPLACE INTO invitations VALUES (?, ?, ?, ?)').run(hash, expiresOn, usesLeft, lineage)
  }

  enrolment(hash: string, asn: Asn): Enrolment | undefined {
    const row = this.#db.prepare('SELECT * FROM enrolments WHERE hash = ? AND asn = ?').get(hash, asn)
    return row && decodeEnrolment(row)
  }

  saveEnrolment({ hash, asn, replacedIn }: Enrolment): void {
    this.#db.prepare('INSERT OR REPLACE INTO enrolments VALUES (?, ?, ?)').run(hash, asn, replacedIn ?? null)
  }

  revocations(): ReadonlyMap<string, number> {
    this.#revoked ??= new Map(
      this.#db
        .prepare('SELECT * FROM revocations')
        .all()
        .map((row) => [String(row['name']), integer(row, 'from_day')]),
    )
    return this.#revoked
  }

  saveRevocation(name: string, fromDay: number): void {
    this.#revoked = undefined
    this.#db
      .prepare(
        `INSERT INTO revocations VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET from_day = min(from_day, excluded.from_day)`,
      )
      .run(name, fromDay)
  }

  forget({ seen, seenOnce }: { readonly seen: number; readonly seenOnce: number }): void {
    this.#held.clear()
    this.transaction(() => {
      this.#db.prepare('DELETE FROM keys WHERE seen_on < ?').run(seen)
      this.#db
        .prepare("DELETE FROM keys WHERE grade = 'plain' AND seen_on = born_on AND ends_on IS NULL AND seen_on < ?")
        .run(seenOnce)
      this.#db.prepare('DELETE FROM invitations WHERE expires_on < ?').run(seen)
      this.#db.exec(FORGET_REST)
    })
  }

  transaction<T>(work: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const done = work()
      this.#db.exec('COMMIT')
      return done
    } catch (error) {
      this.#held.clear()
      this.#revoked = undefined
      this.#db.exec('ROLLBACK')
      throw error
    }
  }

  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  }

  /** Each write was on disk when it returned, or when the transaction around it did. */
  async durable(): Promise<void> {}

  [Symbol.dispose](): void {
    this.#db.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]()
  }
}

/** A lineage is kept for its keys, for an open invitation, and for a successor that still has any of them. */
const FORGET_REST = `
  DELETE FROM lineages WHERE number NOT IN (SELECT lineage FROM keys WHERE lineage IS NOT NULL)
    AND number NOT IN (SELECT lineage FROM invitations);
  UPDATE lineages SET next = NULL WHERE next NOT IN (SELECT number FROM lineages);
  DELETE FROM heirs WHERE lineage NOT IN (SELECT number FROM lineages);
  DELETE FROM enrolments WHERE hash NOT IN (SELECT hash FROM invitations)`
