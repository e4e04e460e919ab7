import { randomBytes } from 'node:crypto'
import { Kysely, type InsertObject, type Transaction } from 'kysely'
import { Fault } from '../../../core/model/errors.ts'
import { Mutex } from '../../../runtime/mutex.ts'
import { parseAsn, type Asn } from '../../../core/model/units.ts'
import { GRADES, type Enrolment, type Invitation, type KeyRow, type Lineage, type Registry } from '../contract.ts'
import { openDatabase, placeName, type RegistryDatabase, type RegistryPlace } from '../database.ts'
import { openPostgres } from '../postgres.ts'
import { SESSION_LIMITS } from '../session-limits.ts'
import { parseWord } from '../rows.ts'
import { ChangedMaps, type Changed, type KeyMemory, type KeyTable } from './key-memory.ts'
import { KEYS, type KeyTables } from './tables.ts'

/**
 * Opens the keys of probes in a database. All rows are held in memory, where every submission asks for them; what changes
 * is written behind, and `durable` says when. Throws Fault where the database cannot be used, is held by another process or
 * is newer than this program.
 */
export async function openKeyStore(where: RegistryPlace): Promise<Registry> {
  const database = await openDatabase<KeyTables>(where, KEYS)
  try {
    const token = randomBytes(16).toString('hex')
    const memory = await database.calls.write(async (db) => {
      await db
        .insertInto('keys_holder')
        .values({ one: 1, token })
        .onConflict((conflict) => conflict.column('one').doUpdateSet({ token }))
        .execute()
      return loadAll(db)
    })
    return new KeyStore(database, memory, token)
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}

/** PostgreSQL's word for a table that is not there. */
const NO_TABLE = '42P01'

/**
 * Revocations in a PostgreSQL that another process may hold, without its lock: for a server that only reads. None where no
 * keys were stored there yet. Throws Fault where it does not answer.
 */
export async function readRevocations(
  where: RegistryPlace & { readonly kind: 'postgres' },
): Promise<Pick<Registry, 'revocations'>> {
  const { dialect } = await openPostgres(where.url, undefined, where.limits ?? SESSION_LIMITS)
  const db = new Kysely<KeyTables>({ dialect })
  try {
    const rows = await db.selectFrom('revocations').selectAll().execute()
    const found = new Map(rows.map(({ name, from_day: from }) => [name, from]))
    return { revocations: () => found }
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === NO_TABLE) return { revocations: () => new Map() }
    throw new Fault(`Cannot read revocations ${placeName(where)}`, { cause })
  } finally {
    await db.destroy()
  }
}

const pair = (...parts: readonly (string | number)[]): string => parts.join('\n')

async function loadAll(db: Kysely<KeyTables>): Promise<KeyMemory> {
  const [keys, lineages, heirs] = [
    await db.selectFrom('keys').selectAll().execute(),
    await db.selectFrom('lineages').selectAll().execute(),
    await db.selectFrom('heirs').selectAll().execute(),
  ]
  const [invitations, enrolments, revocations] = [
    await db.selectFrom('invitations').selectAll().execute(),
    await db.selectFrom('enrolments').selectAll().execute(),
    await db.selectFrom('revocations').selectAll().execute(),
  ]
  return {
    keys: new Map(keys.map((row) => [row.pseudonym, decodeKey(row)])),
    lineages: new Map(
      lineages.map(({ number, born_on: bornOn, next }) => [
        number,
        { number, bornOn, ...(next === null ? {} : { next }) },
      ]),
    ),
    heirs: new Map(
      heirs.map(({ lineage, asn, month }) => [pair(lineage, asn, month), { lineage, asn: parseAsn(asn), month }]),
    ),
    invitations: new Map(
      invitations.map(({ hash, expires_on: expiresOn, uses_left: usesLeft, lineage }) => [
        hash,
        { hash, expiresOn, usesLeft, lineage },
      ]),
    ),
    enrolments: new Map(
      enrolments.map(({ hash, asn, replaced_in: replacedIn }) => [
        pair(hash, asn),
        { hash, asn: parseAsn(asn), ...(replacedIn === null ? {} : { replacedIn }) },
      ]),
    ),
    revocations: new Map(revocations.map(({ name, from_day: from }) => [name, from])),
  }
}

const decodeKey = (row: KeyTables['keys']): KeyRow => ({
  pseudonym: row.pseudonym,
  asn: parseAsn(row.asn),
  grade: parseWord(GRADES, row.grade),
  bornOn: row.born_on,
  seenOn: row.seen_on,
  matchedDays: row.matched_days,
  matchedOn: row.matched_on,
  ...(row.ends_on === null ? {} : { endsOn: row.ends_on }),
  ...(row.lineage === null ? {} : { lineage: row.lineage }),
})

/** By name as SQLite orders texts. */
const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byPseudonym = (rows: readonly KeyRow[]): readonly KeyRow[] =>
  rows.toSorted((a, b) => byName(a.pseudonym, b.pseudonym))

class KeyStore implements Registry {
  readonly #database: RegistryDatabase<KeyTables>
  readonly #memory: KeyMemory
  readonly #token: string
  readonly #maps: ChangedMaps
  /** One writing at a time: a row is written as it is when its turn comes. */
  readonly #writes = new Mutex()

  constructor(database: RegistryDatabase<KeyTables>, memory: KeyMemory, token: string) {
    this.#database = database
    this.#memory = memory
    this.#token = token
    this.#maps = new ChangedMaps(memory)
  }

  key(pseudonym: string): KeyRow | undefined {
    return this.#memory.keys.get(pseudonym)
  }

  keys(): readonly KeyRow[] {
    return byPseudonym([...this.#memory.keys.values()])
  }

  keysOf(lineage: string): readonly KeyRow[] {
    return byPseudonym([...this.#memory.keys.values()].filter((row) => row.lineage === lineage))
  }

  save(row: KeyRow): void {
    this.#maps.set('keys', row.pseudonym, row)
  }

  bornOn(day: number): number {
    let count = 0
    for (const { bornOn, grade } of this.#memory.keys.values()) if (bornOn === day && grade === 'plain') count++
    return count
  }

  lineage(number: string): Lineage | undefined {
    return this.#memory.lineages.get(number)
  }

  lineages(): readonly Lineage[] {
    return [...this.#memory.lineages.values()].sort((a, b) => byName(a.number, b.number))
  }

  saveLineage(lineage: Lineage): void {
    this.#maps.set('lineages', lineage.number, lineage)
  }

  addHeir(heir: { readonly lineage: string; readonly asn: Asn; readonly month: number }): boolean {
    const name = pair(heir.lineage, heir.asn, heir.month)
    if (this.#memory.heirs.has(name)) return false
    this.#maps.set('heirs', name, heir)
    return true
  }

  invitation(hash: string): Invitation | undefined {
    return this.#memory.invitations.get(hash)
  }

  invitations(): readonly Invitation[] {
    return [...this.#memory.invitations.values()].sort((a, b) => a.expiresOn - b.expiresOn || byName(a.hash, b.hash))
  }

  saveInvitation(invitation: Invitation): void {
    this.#maps.set('invitations', invitation.hash, invitation)
  }

  enrolment(hash: string, asn: Asn): Enrolment | undefined {
    return this.#memory.enrolments.get(pair(hash, asn))
  }

  saveEnrolment(enrolment: Enrolment): void {
    this.#maps.set('enrolments', pair(enrolment.hash, enrolment.asn), enrolment)
  }

  revocations(): ReadonlyMap<string, number> {
    return this.#memory.revocations
  }

  saveRevocation(name: string, fromDay: number): void {
    this.#maps.set('revocations', name, Math.min(fromDay, this.#memory.revocations.get(name) ?? fromDay))
  }

  /** The rules of `forget` of sqlite.ts, over memory. */
  forget({ seen, seenOnce }: { readonly seen: number; readonly seenOnce: number }): void {
    const { keys, lineages, heirs, invitations, enrolments } = this.#memory
    this.#maps.together(() => {
      const drop = <T>(table: KeyTable, map: ReadonlyMap<string, T>, isOld: (row: T) => boolean): void => {
        for (const [name, row] of map) if (isOld(row)) this.#maps.delete(table, name)
      }
      drop('keys', keys, (row) => row.seenOn < seen || isOnceSeen(row, seenOnce))
      drop('invitations', invitations, ({ expiresOn }) => expiresOn < seen)
      const used = new Set([...keys.values(), ...invitations.values()].map(({ lineage }) => lineage))
      drop('lineages', lineages, ({ number }) => !used.has(number))
      for (const { next, ...lineage } of lineages.values())
        if (next !== undefined && !lineages.has(next)) this.#maps.set('lineages', lineage.number, lineage)
      drop('heirs', heirs, ({ lineage }) => !lineages.has(lineage))
      drop('enrolments', enrolments, ({ hash }) => !invitations.has(hash))
    })
  }

  transaction<T>(work: () => T): T {
    return this.#maps.together(work)
  }

  /** Rows are written by name, each transaction on its own; which were written together is in the server's log. */
  checkpoint(): void {}

  async durable(): Promise<void> {
    // What others write now may hold our changes: their end is waited for too.
    await this.#writes.run(async () => {
      if (this.#maps.isDurable) return
      const taken = this.#maps.take()
      try {
        await this.#database.calls.write((db) => this.#write(db, taken))
      } catch (error) {
        this.#maps.giveBack(taken)
        throw error
      }
    })
  }

  async #write(db: Transaction<KeyTables>, taken: readonly Changed[]): Promise<void> {
    const holder = await db.selectFrom('keys_holder').select('token').where('one', '=', 1).executeTakeFirst()
    if (holder?.token !== this.#token)
      throw new Fault('Cannot write keys: another process has used them since the connection was lost; start again')
    for (const one of taken) await writeRow(db, one)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What no answer waited for, such as the forgetting of a day; where it is lost, it is done again.
    await this.durable().catch(() => undefined)
    await this.#database[Symbol.asyncDispose]()
  }
}

const isOnceSeen = ({ grade, seenOn, bornOn, endsOn }: KeyRow, before: number): boolean =>
  grade === 'plain' && seenOn === bornOn && endsOn === undefined && seenOn < before

const encodeKey = (row: KeyRow): InsertObject<KeyTables, 'keys'> => ({
  pseudonym: row.pseudonym,
  asn: row.asn,
  grade: row.grade,
  born_on: row.bornOn,
  seen_on: row.seenOn,
  matched_days: row.matchedDays,
  matched_on: row.matchedOn,
  ends_on: row.endsOn ?? null,
  lineage: row.lineage ?? null,
})

/** Writes one row, or that it is gone. */
async function writeRow(db: Transaction<KeyTables>, { table, name, row }: Changed): Promise<void> {
  const [first = '', asn, month] = name.split('\n')
  switch (table) {
    case 'keys':
      if (row === undefined) await db.deleteFrom('keys').where('pseudonym', '=', name).execute()
      else await replace(db, encodeKey(row))
      return
    case 'lineages':
      await db.deleteFrom('lineages').where('number', '=', name).execute()
      if (row !== undefined)
        await db
          .insertInto('lineages')
          .values({ number: name, born_on: row.bornOn, next: row.next ?? null })
          .execute()
      return
    case 'heirs':
      await db
        .deleteFrom('heirs')
        .where('lineage', '=', first)
        .where('asn', '=', Number(asn))
        .where('month', '=', Number(month))
        .execute()
      if (row !== undefined) await db.insertInto('heirs').values(row).execute()
      return
    case 'invitations':
      await db.deleteFrom('invitations').where('hash', '=', name).execute()
      if (row !== undefined)
        await db
          .insertInto('invitations')
          .values({ hash: name, expires_on: row.expiresOn, uses_left: row.usesLeft, lineage: row.lineage })
          .execute()
      return
    case 'enrolments':
      await db.deleteFrom('enrolments').where('hash', '=', first).where('asn', '=', Number(asn)).execute()
      if (row !== undefined)
        await db
          .insertInto('enrolments')
          .values({ hash: first, asn: row.asn, replaced_in: row.replacedIn ?? null })
          .execute()
      return
    case 'revocations':
      await db.deleteFrom('revocations').where('name', '=', name).execute()
      if (row !== undefined) await db.insertInto('revocations').values({ name, from_day: row }).execute()
  }
}

/** One statement for the commonest write. */
async function replace(db: Transaction<KeyTables>, row: InsertObject<KeyTables, 'keys'>): Promise<void> {
  await db
    .insertInto('keys')
    .values(row)
    .onConflict((conflict) => conflict.column('pseudonym').doUpdateSet(row))
    .execute()
}
