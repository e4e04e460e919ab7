import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { countAct, sha, signatureRow, tokenRow } from '../../../test/kit/stores/registry-rows.ts'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../../test/kit/stores/postgres.ts'
import { InputError } from '../../core/model/errors.ts'
import { parseAsn } from '../../core/model/units.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openReportStore } from '../../reports/registry/open.ts'
import { openKeyStore } from '../../store/registry/keys/open.ts'
import { openRegistry } from '../../store/registry/sqlite.ts'
import { moveToDatabase, moveToFolder } from './move.ts'
import { partsElsewhere, registryPlace, writePlaces } from './place.ts'

const code = (value: string) => (error: unknown) => error instanceof InputError && error.code === value

describe('the registry, moved', { skip: WITHOUT_POSTGRES }, () => {
  let root = ''
  let server: Postgres
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-move-'))
    server = await startPostgres()
  })
  after(async () => {
    await server[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  /** A data folder with keys and reports. */
  async function fill(name: string, notes: number): Promise<string> {
    const folder = join(root, name)
    {
      using keys = openRegistry(folder)
      keys.saveInvitation({ hash: 'o\'f "a" \\code', expiresOn: 1, usesLeft: 2, lineage: 'of it' })
      keys.transaction(() => {
        for (let nth = 0; nth < notes; nth++)
          keys.save({
            ...{ pseudonym: nth.toString(16).padStart(16, '0'), asn: parseAsn(9198), grade: 'plain', bornOn: nth % 50 },
            ...{ seenOn: 60, matchedDays: 1, matchedOn: 60, ...(nth % 2 === 0 ? { endsOn: 70 } : { lineage: 'l' }) },
          })
      })
    }
    await using reports = await openReportStore({ kind: 'sqlite', file: join(folder, 'registry', 'reports.sqlite') })
    const made = Array.from({ length: notes }, (_, nth) => ({
      ...{ id: `${nth}`.padStart(6, '0'), day: nth, service: 'telegram', lang: 'kk' as const, simulated: false },
      ...{ state: 'waiting' as const, text: `Ә'"\\; DROP TABLE notes -- 🦊 ${nth}\n\t${'x'.repeat(nth % 300)}` },
    }))
    for (let at = 0; at < notes; at += 500) await reports.add({ notes: made.slice(at, at + 500) })
    return folder
  }

  it('is the same in PostgreSQL and back in files, and is found nowhere else', async () => {
    const folder = await fill('both', 20_000)
    const place = await server.database()
    const env = { KUAGER_REGISTRY: place.url }
    // Without a move first, no empty registry is begun next to the file.
    await assert.rejects(openReportStore(registryPlace(folder, 'reports', env)), code('registry.file'))
    const there = await moveToDatabase(folder, place.url)
    assert.deepEqual(
      there.map(({ part, tables }) => [part, tables.map(({ table, rows }) => `${rows} ${table}`).join(', ')]),
      [
        ['keys', '20000 keys, 0 lineages, 0 heirs, 1 invitations, 0 enrolments, 0 revocations'],
        ['reports', '0 reports, 0 checks, 20000 notes'],
      ],
    )
    assert.deepEqual((await readdir(join(folder, 'registry'))).toSorted(), [
      'keys.sqlite.moved',
      'places.json',
      'reports.sqlite.moved',
    ])
    // The folder remembers, without a secret, and refuses to do without.
    const remembered = await readFile(join(folder, 'registry', 'places.json'), 'utf8')
    assert.ok(!remembered.includes('kuager@') && remembered.includes('reports'))
    assert.throws(() => registryPlace(folder, 'reports', {}), code('registry.forgotten'))
    assert.throws(() => partsElsewhere(folder, {}), code('registry.forgotten'))
    assert.throws(
      () => registryPlace(folder, 'reports', { KUAGER_REGISTRY: 'postgres://other/place' }),
      code('registry.elsewhere'),
    )
    {
      await using keys = await openKeyStore(registryPlace(folder, 'keys', env))
      assert.equal(keys.keys().length, 20_000)
      keys.saveInvitation({ hash: 'new', expiresOn: 5, usesLeft: 1, lineage: 'n' })
      await keys.durable()
      // Two at once are refused.
      await assert.rejects(moveToFolder(folder, env), /another process holds it/)
    }
    const back = await moveToFolder(folder, env)
    const sum = (moved: typeof back, table: string): string | undefined =>
      moved.flatMap(({ tables }) => tables).find((one) => one.table === table)?.sha256
    for (const table of ['keys', 'notes']) assert.equal(sum(back, table), sum(there, table))
    assert.notEqual(sum(back, 'invitations'), sum(there, 'invitations'))
    using keys = openRegistry(folder)
    assert.equal(keys.invitation('new')?.usesLeft, 1)
    assert.equal(registryPlace(folder, 'reports', {}).kind, 'sqlite')
    // The database that was left is opened by no one.
    await assert.rejects(openReportStore(registryPlace(folder, 'reports', env)), /was moved away/)
    await assert.rejects(moveToFolder(folder, env), code('registry.move'))
  })

  it('goes on after an interruption at any step, and into no place with other rows', async () => {
    const folder = await fill('broken', 300)
    const place = await server.database()
    // One part was copied when the power went.
    await rename(join(folder, 'registry', 'reports.sqlite'), join(folder, 'kept'))
    await moveToDatabase(folder, place.url)
    await rename(join(folder, 'registry', 'keys.sqlite.moved'), join(folder, 'registry', 'keys.sqlite'))
    await rename(join(folder, 'kept'), join(folder, 'registry', 'reports.sqlite'))
    writePlaces(folder, {})
    const parts = await moveToDatabase(folder, place.url)
    assert.deepEqual(
      parts.map(({ part }) => part),
      ['keys', 'reports'],
    )
    // Everything was remembered, and a file had still its name.
    await rename(join(folder, 'registry', 'keys.sqlite.moved'), join(folder, 'registry', 'keys.sqlite'))
    assert.deepEqual(await moveToDatabase(folder, place.url), [])
    assert.ok((await readdir(join(folder, 'registry'))).includes('keys.sqlite.moved'))
    const other = await fill('other', 10)
    await assert.rejects(moveToDatabase(other, place.url), code('registry.target'))
    assert.equal(registryPlace(other, 'keys', {}).kind, 'sqlite')
  })

  it('has letters with their leaves, tokens and sealed bytes', async () => {
    const folder = join(root, 'letters')
    {
      await using store = await openLetterStore({ kind: 'sqlite', file: join(folder, 'registry', 'letters.sqlite') })
      const names = Array.from({ length: 1200 }, (_, nth) => `s${nth}`)
      for (let at = 0; at < names.length; at += 100)
        await store.accept(
          names.slice(at, at + 100).map((name) => signatureRow(name, { sealed: randomBytes(700) })),
          names.slice(at, at + 100).map((name) => tokenRow(name)),
        )
      await store.append(names.slice(0, 1000).map((name) => countAct(name)))
    }
    const place = await server.database()
    await moveToDatabase(folder, place.url)
    {
      await using store = await openLetterStore(registryPlace(folder, 'letters', { KUAGER_LETTER_DATABASE: place.url }))
      assert.equal(store.size, 1000)
      assert.equal((await store.signature(sha('s5')))?.state, 'counted')
    }
    await moveToFolder(folder, { KUAGER_LETTER_DATABASE: place.url })
    await using store = await openLetterStore(registryPlace(folder, 'letters', {}))
    assert.equal(store.size, 1000)
  })
})
