import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { sql } from 'kysely'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../../test/kit/stores/postgres.ts'
import { countAct, sha, signatureRow } from '../../../test/kit/stores/registry-rows.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { instant } from '../../core/model/units.ts'
import { memoryWhere, openDatabase, type RegistryPart, type RegistryPlace } from './database.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { LETTERS } from '../../letter/registry/tables.ts'
import { openReportStore } from '../../reports/registry/open.ts'
import { REPORTS } from '../../reports/registry/tables.ts'
import { openSubscriptionStore } from '../../subscriptions/registry/open.ts'
import { SUBSCRIPTIONS } from '../../subscriptions/registry/tables.ts'

const OLD_ROWS = {
  reports: "('01', 900000, 'telegram', 'slow', NULL, 9198, 0, 'KZ-75', 'counted', 0)",
  letters: "('01', 'open-net', 1, 'claimed', 'pending', 'KZ-75', 0, NULL, NULL, NULL, NULL, NULL)",
  subscriptions: "('telegram @one', 1)",
} as const

function schemaOf(path: string): string {
  const db = new DatabaseSync(path)
  const rows = db.prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid').all()
  db.close()
  return rows.map((row) => `${String(row['sql'])};\n`).join('')
}

interface Made {
  things: { name: string; size: number | null }
}

const FIRST: RegistryPart['migrations'][number] = ({ text, byName }) => [
  `CREATE TABLE things (name ${text} PRIMARY KEY)${byName}`,
]
const SECOND: RegistryPart['migrations'][number] = ({ whole }) => [
  `ALTER TABLE things ADD COLUMN size ${whole}`,
  'UPDATE things SET size = 1',
]
const part = (...migrations: RegistryPart['migrations']): RegistryPart => ({
  name: 'reports',
  number: 1,
  migrations,
  erasable: ['things'],
})

/** Ends every other session of a database, and counts them. */
const CUT =
  'SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()'

/** ReadyForQuery, outside a transaction. */
const READY = Buffer.from('Z\0\0\0\x05I')

/** A socket in front of a server's: what a cut server says last is heard only with the next question, and the end late. */
async function hearsLate(url: string, folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  await mkdir(folder)
  const behind = new URL(url.replace('@/', '@localhost/')).searchParams.get('host') ?? ''
  const before = createServer((from) => {
    const to = connect(join(behind, '.s.PGSQL.5432'))
    let asked = true
    const held: Buffer[] = []
    from.on('data', (bytes: Buffer) => {
      asked = true
      to.write(bytes)
      for (const late of held.splice(0)) from.write(late)
    })
    to.on('data', (bytes: Buffer) => {
      if (asked) from.write(bytes)
      else held.push(bytes)
      asked &&= !bytes.subarray(-6).equals(READY)
    })
    to.on('close', () => setTimeout(() => from.destroy(), 200))
    from.on('close', () => to.destroy())
    for (const socket of [from, to]) socket.on('error', () => undefined)
  })
  before.listen(join(folder, '.s.PGSQL.5432'))
  await once(before, 'listening')
  return {
    url: url.replace(behind, folder),
    [Symbol.asyncDispose]: async () => {
      before.close()
      await once(before, 'close')
    },
  }
}

describe('A registry', () => {
  let root = ''
  let server: Postgres | undefined
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-registry-'))
    if (WITHOUT_POSTGRES === false) server = await startPostgres()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })
  const file = (name: string): RegistryPlace & { readonly kind: 'sqlite' } => ({
    kind: 'sqlite',
    file: join(root, name, `${name}.sqlite`),
  })
  const places = [
    { kind: 'sqlite', skip: false, make: async () => file(`f${Math.random().toString(36).slice(2)}`) },
    { kind: 'postgres', skip: WITHOUT_POSTGRES, make: async () => (await server?.database()) ?? memoryWhere },
  ] as const

  for (const { kind, skip, make } of places) {
    it(`of an older version is brought to the newest with its rows, in ${kind}`, { skip }, async () => {
      const place = await make()
      {
        await using old = await openDatabase<Made>(place, part(FIRST))
        await old.calls.write((db) => sql`INSERT INTO things VALUES ('kept')`.execute(db))
      }
      {
        await using newer = await openDatabase<Made>(place, part(FIRST, SECOND))
        const rows = await newer.calls.read((db) => db.selectFrom('things').selectAll().execute())
        assert.deepEqual(
          rows.map(({ name, size }) => [name, size]),
          [['kept', 1]],
        )
      }
      await assert.rejects(openDatabase(place, part(FIRST)), /of version 2, this program knows 1/)
      await using again = await openDatabase<Made>(place, part(FIRST, SECOND))
      assert.equal((await again.calls.read((db) => db.selectFrom('things').selectAll().execute())).length, 1)
    })

    it(`stays as it was where a step towards the newest version fails, in ${kind}`, { skip }, async () => {
      const place = await make()
      await (await openDatabase<Made>(place, part(FIRST)))[Symbol.asyncDispose]()
      const broken = part(FIRST, SECOND, () => ['CREATE TABLE half (a TEXT)', 'NO SQL AT ALL'])
      await assert.rejects(openDatabase(place, broken), Fault)
      await using old = await openDatabase<Made>(place, part(FIRST))
      await old.calls.write((db) => sql`INSERT INTO things VALUES ('one column')`.execute(db))
      await assert.rejects(
        old.calls.read((db) => sql`SELECT * FROM half`.execute(db)),
        Fault,
      )
    })

    it(`that was closed is opened as it was, in ${kind}`, { skip }, async () => {
      const place = await make()
      {
        await using store = await openLetterStore(place)
        await store.accept([signatureRow('a'), signatureRow('b')], [])
        await store.append([countAct('a')])
      }
      await using store = await openLetterStore(place)
      assert.equal(store.size, 1)
      assert.equal((await store.signature(sha('a')))?.leaf, 0)
      assert.equal(await store.append([countAct('b')]), 1)
    })
  }

  it('holds one part: a file of letters is not opened as reports', async () => {
    const place = file('letters')
    await (await openLetterStore(place))[Symbol.asyncDispose]()
    await assert.rejects(openReportStore(place), /it holds letters, not reports/)
  })

  it('is readable by its owner alone, and so are the files beside it', async () => {
    const place = file('modes')
    await using store = await openReportStore(place)
    await store.forget(instant(0), instant(0))
    assert.equal((await stat(join(root, 'modes'))).mode & 0o777, 0o700)
    for (const ending of ['', '-wal', '-shm'])
      assert.equal((await stat(`${place.file}${ending}`)).mode & 0o777, 0o600, ending)
  })

  // The files under test/golden/registry were made by the first version and are never written again.
  for (const [made, row, open] of [
    [REPORTS, 'INSERT INTO reports VALUES', openReportStore],
    [LETTERS, 'INSERT INTO signatures VALUES', openLetterStore],
    [SUBSCRIPTIONS, 'INSERT INTO channels VALUES', openSubscriptionStore],
  ] as const)
    it(`of ${made.name} that the first version made is opened, and that version would make it again`, async () => {
      const golden = new URL(`../../../test/golden/registry/${made.name}-1.txt`, import.meta.url)
      const place = file(`first-${made.name}`)
      const first = { ...made, migrations: made.migrations.slice(0, 1) }
      await (await openDatabase(place, first))[Symbol.asyncDispose]()
      const schema = schemaOf(place.file)
      if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(golden, schema)
      const text = await readFile(golden, 'utf8')
      assert.equal(schema, text)
      const old = file(`old-${made.name}`)
      await mkdir(dirname(old.file))
      const db = new DatabaseSync(old.file)
      db.exec(text)
      db.exec(
        `INSERT INTO registry_version VALUES ('${made.name}', 1); ${row} ${OLD_ROWS[made.name as keyof typeof OLD_ROWS]}`,
      )
      db.close()
      const store = await open(old)
      if ('channelSince' in store) assert.equal(await store.channelSince('telegram @one', 2), 1)
      else {
        const found =
          'counts' in store
            ? await store.counts({ since: instant(0), until: instant(1e12) }, false)
            : await store.tally('open-net')
        assert.equal(found[0]?.count, 1)
      }
      await store[Symbol.asyncDispose]()
    })

  it('in SQLite writes ahead, and each transaction is on disk when it ends', async () => {
    for (const open of [1, 2]) {
      await using registry = await openDatabase<Made>(file('durable'), part(FIRST))
      const setting = async (name: string): Promise<unknown> => {
        const { rows } = await registry.calls.read((db) =>
          sql.raw<Record<string, unknown>>(`PRAGMA ${name}`).execute(db),
        )
        return rows[0]?.[name]
      }
      assert.equal(await setting('journal_mode'), 'wal', `opening ${open}`)
      assert.equal(await setting('synchronous'), 2) // FULL
      assert.equal(await setting('secure_delete'), 1)
      assert.equal(await setting('foreign_keys'), 1)
    }
  })

  it('that is no database, or is damaged, is refused with a Fault that names the file', async () => {
    const place = file('damaged')
    await (await openReportStore(place))[Symbol.asyncDispose]()
    await writeFile(
      place.file,
      'this is a text and no database, long enough for a header of a hundred bytes. '.repeat(9),
    )
    await assert.rejects(
      openReportStore(place),
      (error) => error instanceof Fault && error.message.includes(place.file),
    )
  })

  it('on a disk that is full gives a Fault, keeps what it acknowledged and nothing of the rest', async () => {
    await using narrow = await openDatabase<Made>(file('full'), part(FIRST))
    // SQLite answers as it does when the disk has no room.
    await narrow.calls.write(async (db) => {
      await sql`PRAGMA max_page_count = 12`.execute(db)
    })
    const put = (name: string): Promise<unknown> =>
      narrow.calls.write((db) => sql`INSERT INTO things VALUES (${name})`.execute(db))
    await put('fits')
    const ends = await Promise.allSettled(['small', 'x'.repeat(60_000), 'another'].map(put))
    const rows = await narrow.calls.read((db) => db.selectFrom('things').select('name').execute())
    const kept = new Set(rows.map(({ name }) => name))
    assert.equal(kept.has('fits'), true)
    for (const [nth, name] of ['small', 'x'.repeat(60_000), 'another'].entries())
      assert.equal(kept.has(name), ends[nth]?.status === 'fulfilled', name.slice(0, 9))
    assert.equal(ends[1]?.status, 'rejected')
    await put('after')
  })

  it('whose file may not be written is refused with a Fault', async (t) => {
    if (process.getuid?.() === 0) return t.skip('root may write everywhere')
    const place = file('readonly')
    await (await openReportStore(place))[Symbol.asyncDispose]()
    await chmod(join(root, 'readonly'), 0o500)
    await assert.rejects(openReportStore(place), Fault)
  })

  it('in PostgreSQL is held by one process, and by the next one after it', { skip: WITHOUT_POSTGRES }, async () => {
    const place = (await server?.database()) ?? memoryWhere
    const first = await openLetterStore(place)
    await assert.rejects(openLetterStore(place), /another process holds it/)
    await using reports = await openReportStore(place) // another part of the same database
    await first[Symbol.asyncDispose]()
    await using second = await openLetterStore(place)
    assert.equal(second.size + Number(await reports.hasSimulated()), 0)
  })

  it('in PostgreSQL goes on after its connection was cut', { skip: WITHOUT_POSTGRES }, async () => {
    const place = await server?.database()
    if (place === undefined || server === undefined) throw new Error('no server')
    await using store = await openLetterStore(place)
    await store.accept([signatureRow('a'), signatureRow('b')], [])
    await store.append([countAct('a')])
    assert.equal((await server.ask(place.url, CUT)).trim(), '1')
    await store.signature(sha('a')).catch((error: unknown) => assert.ok(error instanceof Fault))
    assert.equal((await store.signature(sha('a')))?.leaf, 0)
    assert.equal(await store.append([countAct('b')]), 1)
    await assert.rejects(openLetterStore(place), /another process holds it/)
  })

  it(
    'in PostgreSQL goes on where the end of a session is heard only with the next question',
    { skip: WITHOUT_POSTGRES },
    async () => {
      const place = await server?.database()
      if (place === undefined || server === undefined) throw new Error('no server')
      await using late = await hearsLate(place.url, join(root, 'late'))
      await using store = await openLetterStore({ kind: 'postgres', url: late.url })
      await store.accept([signatureRow('a')], [])
      for (let time = 0; time < 3; time++) {
        assert.equal((await server.ask(place.url, CUT)).trim(), '1')
        await assert.rejects(store.signature(sha('a')), Fault)
        assert.equal((await store.signature(sha('a')))?.letter, signatureRow('a').letter)
      }
      assert.equal((await server.ask(place.url, CUT)).trim(), '1')
      await assert.rejects(store.append([countAct('a')]), Fault)
      assert.equal(await store.append([countAct('a')]), 0)
    },
  )

  it(
    'in PostgreSQL is refused where the server may lose what it acknowledged',
    { skip: WITHOUT_POSTGRES },
    async () => {
      await using careless = await startPostgres({ fsync: 'off' })
      await assert.rejects(openReportStore(await careless.database()), /fsync is off/)
    },
  )

  it('in PostgreSQL waits for the disk although the server is set not to', { skip: WITHOUT_POSTGRES }, async () => {
    const place = await server?.database()
    if (place === undefined || server === undefined) throw new Error('no server')
    await server.ask(
      place.url,
      "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET synchronous_commit = off'; END $$",
    )
    await using store = await openDatabase<Made>(place, part(FIRST))
    const { rows } = await store.calls.read((db) =>
      sql<{ synchronous_commit: string }>`SHOW synchronous_commit`.execute(db),
    )
    assert.equal(rows[0]?.synchronous_commit, 'on')
  })

  it('refuses an address that is none of PostgreSQL, and shows no password', async () => {
    await assert.rejects(openReportStore({ kind: 'postgres', url: 'mysql://a:secret@b/c' }), (error) => {
      return error instanceof InputError && !error.message.includes('secret')
    })
    const nobody = `postgres://u:secret@localhost/x?host=${root}`
    await assert.rejects(openReportStore({ kind: 'postgres', url: nobody }), (error) => {
      return error instanceof Fault && !error.message.includes('secret') && !String(error.cause).includes('secret')
    })
  })
})
