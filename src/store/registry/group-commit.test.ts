import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { Fault, InputError } from '../../core/model/errors.ts'
import { memoryWhere, openDatabase, type RegistryDatabase, type RegistryPart } from './database.ts'

interface Made {
  things: { name: string }
}

const PART: RegistryPart = {
  name: 'reports',
  number: 1,
  migrations: [({ text, byName }) => [`CREATE TABLE things (name ${text} PRIMARY KEY)${byName}`]],
  erasable: [],
}
const put = (database: RegistryDatabase<Made>, name: string): Promise<string> =>
  database.calls.write(async (db) => {
    await db.insertInto('things').values({ name }).execute()
    return name
  })
const names = (database: RegistryDatabase<Made>): Promise<readonly string[]> =>
  database.calls.read(async (db) =>
    (await db.selectFrom('things').select('name').orderBy('name').execute()).map(({ name }) => name),
  )

describe('GroupCommit', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-group-'))))
  after(() => rm(root, { recursive: true }))

  it('joins calls that come at once, and each is durable when it resolves', async () => {
    const file = join(root, 'joined.sqlite')
    await using database = await openDatabase<Made>({ kind: 'sqlite', file }, PART)
    const other = new DatabaseSync(file, { readOnly: true }) // sees what is committed alone
    const seen = (): number => Number(other.prepare('SELECT count(*) AS n FROM things').get()?.['n'])
    const steps: number[] = []
    await Promise.all(Array.from({ length: 1200 }, (_, nth) => put(database, `n${nth}`).then(() => steps.push(seen()))))
    assert.deepEqual([...new Set(steps)], [500, 1000, 1200])
    other.close()
  })

  it('undoes the call whose work fails and no other, and tells each its own', async () => {
    await using database = await openDatabase<Made>(memoryWhere, PART)
    const wrong = new InputError('wrong', { code: 'x', path: '', expected: '' })
    const ends = await Promise.allSettled([
      put(database, 'a'),
      database.calls.write(async (db) => {
        await db.insertInto('things').values({ name: 'half' }).execute()
        throw wrong
      }),
      put(database, 'a'),
      put(database, 'b'),
    ])
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled'],
    )
    assert.equal(ends[1]?.status === 'rejected' && ends[1].reason, wrong)
    assert.ok(ends[2]?.status === 'rejected' && ends[2].reason instanceof Fault)
    assert.deepEqual(await names(database), ['a', 'b'])
  })

  it('undoes a call that fails alone', async () => {
    await using database = await openDatabase<Made>(memoryWhere, PART)
    await assert.rejects(
      database.calls.write(async (db) => {
        await db.insertInto('things').values({ name: 'half' }).execute()
        throw new Fault('no')
      }),
      /no/,
    )
    assert.deepEqual(await names(database), [])
  })

  it('fails every call of a transaction that the database ended, and keeps none of them', async () => {
    await using database = await openDatabase<Made>(memoryWhere, PART)
    const ends = await Promise.allSettled([
      put(database, 'a'),
      // As SQLite does by itself when the disk is full.
      database.calls.write((db) => sql`ROLLBACK`.execute(db)),
      put(database, 'b'),
    ])
    assert.deepEqual(
      ends.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    )
    assert.deepEqual(await names(database), [])
    await put(database, 'c')
    assert.deepEqual(await names(database), ['c'])
  })

  it('lets readers see whole transactions alone', async () => {
    await using database = await openDatabase<Made>(memoryWhere, PART)
    const pairs = Array.from({ length: 50 }, (_, nth) =>
      database.calls.write(async (db) => {
        for (const half of [1, 2])
          await db
            .insertInto('things')
            .values({ name: `${nth}.${half}` })
            .execute()
      }),
    )
    const seen = await Promise.all(Array.from({ length: 50 }, () => names(database)))
    await Promise.all(pairs)
    for (const some of seen) assert.equal(some.length % 2, 0)
    assert.equal((await names(database)).length, 100)
  })

  it('finishes what waits before it is closed', async () => {
    const place = { kind: 'sqlite', file: join(root, 'closed.sqlite') } as const
    const database = await openDatabase<Made>(place, PART)
    const waiting = Promise.all(Array.from({ length: 1500 }, (_, nth) => put(database, `n${nth}`)))
    await database[Symbol.asyncDispose]()
    assert.equal((await waiting).length, 1500)
    await using again = await openDatabase<Made>(place, PART)
    assert.equal((await names(again)).length, 1500)
  })
})
