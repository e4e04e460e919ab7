import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { eventually } from '../../../test/kit/crash/eventually.ts'
import { countAct, sha, signatureRow, tokenRow, voidAct } from '../../../test/kit/stores/registry-rows.ts'
import { startPostgres, WITHOUT_POSTGRES, type Postgres } from '../../../test/kit/stores/postgres.ts'
import { instant } from '../../core/model/units.ts'
import { openLetterStore } from '../../letter/registry/open.ts'
import { openReportStore } from '../../reports/registry/open.ts'

const hex = (): string => randomBytes(16).toString('hex')

/** Every byte that a folder holds, with all below it. */
async function bytesOf(folder: string): Promise<Buffer> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))))
}

/** Signatures whose sealed bytes are found by a part at their start and one at their end. */
const made = (count: number) =>
  Array.from({ length: count }, () => {
    const name = hex()
    const [head, tail] = [randomBytes(24), randomBytes(24)]
    const sealed = Buffer.concat([head, randomBytes(200 + (head[0] ?? 0) * 6), tail])
    const mailbox = hex()
    return { name, head, tail, mailbox, row: signatureRow(name, { sealed, mailbox }) }
  })

describe('What was erased', () => {
  let root = ''
  let server: Postgres | undefined
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'kuager-erased-'))
    if (WITHOUT_POSTGRES === false) server = await startPostgres()
  })
  after(async () => {
    await server?.[Symbol.asyncDispose]()
    await rm(root, { recursive: true })
  })

  it('is in no file of SQLite any more: withdrawn and dropped signatures', async () => {
    const folder = join(root, 'letters')
    await using store = await openLetterStore({ kind: 'sqlite', file: join(folder, 'letters.sqlite') })
    const all = made(2000)
    for (let at = 0; at < all.length; at += 20)
      await store.accept(
        all.slice(at, at + 20).map(({ row }) => row),
        [],
      )
    const [withdrawn, dropped, kept] = [all.slice(0, 300), all.slice(300, 700), all.slice(700)]
    await store.append(withdrawn.map(({ name }) => countAct(name)))
    for (let at = 0; at < withdrawn.length; at += 50)
      await store.append(withdrawn.slice(at, at + 50).map(({ name }) => voidAct(name, true)))
    await store.drop(dropped.map(({ name }) => sha(name)))
    const bytes = await bytesOf(folder)
    for (const { head, tail } of [...withdrawn, ...dropped])
      assert.equal(bytes.includes(head) || bytes.includes(tail), false, 'an erased signature is still there')
    for (const { head, tail, mailbox } of kept)
      assert.equal(bytes.includes(head) && bytes.includes(tail) && bytes.includes(mailbox), true)
  })

  it('is in no file of SQLite any more: a destroyed letter, with receipts, mailboxes and tokens', async () => {
    const folder = join(root, 'destroyed')
    await using store = await openLetterStore({ kind: 'sqlite', file: join(folder, 'letters.sqlite') })
    const all = made(1000)
    await store.accept(
      all.map(({ row }) => row),
      all.map(({ name }) => tokenRow(name)),
    )
    await store.append(all.map(({ name }) => countAct(name)))
    await store.destroy('open-net')
    const bytes = await bytesOf(folder)
    for (const { name, head, tail, mailbox, row } of all) {
      for (const gone of [head, tail, mailbox, row.receipt ?? '', tokenRow(name).token])
        assert.equal(bytes.includes(gone), false)
      assert.equal(bytes.includes(row.ct), true)
    }
  })

  it('is in no file of SQLite any more: notes that were removed, forgotten or decided again', async () => {
    const folder = join(root, 'reports')
    await using store = await openReportStore({ kind: 'sqlite', file: join(folder, 'reports.sqlite') })
    const notes = Array.from({ length: 600 }, (_, nth) => ({
      id: hex(),
      // Those that were read are of an older day.
      day: nth % 2 === 0 ? 0 : 1,
      service: 'telegram',
      lang: 'ru' as const,
      text: `${hex()} ${'слова '.repeat(nth % 90)}`,
      state: nth % 2 === 0 ? ('read' as const) : ('waiting' as const),
      simulated: false,
    }))
    for (let at = 0; at < notes.length; at += 20) await store.add({ notes: notes.slice(at, at + 20) })
    const removed = notes.filter(({ state }, nth) => state === 'waiting' && nth % 3 === 0)
    for (const { id } of removed) await store.removeNote(id)
    await store.forget(instant(1), instant(1))
    const bytes = await bytesOf(folder)
    for (const note of notes) {
      const gone = note.state === 'read' || removed.includes(note)
      assert.equal(bytes.includes(note.text.slice(0, 32)), !gone, `${note.state} ${String(gone)}`)
    }
  })

  it('leaves the write-ahead log as soon as a reader who was in the way has gone', async () => {
    const folder = join(root, 'reader')
    const file = join(folder, 'letters.sqlite')
    await using store = await openLetterStore({ kind: 'sqlite', file })
    const [one] = made(1)
    if (one === undefined) throw new Error('one was made')
    await store.accept([one.row], [])
    const reader = new DatabaseSync(file)
    reader.exec('BEGIN; SELECT count(*) FROM signatures')
    await store.drop([one.row.ct])
    assert.equal((await bytesOf(folder)).includes(one.head), true) // the reader may still read it
    reader.exec('COMMIT')
    reader.close()
    // Its file is kept, and empty, until the store is closed.
    const log = (): Buffer => readFileSync(`${file}-wal`)
    await eventually(() => (log().length === 0 ? true : undefined))
    assert.equal((await bytesOf(folder)).includes(one.head), false)
  })

  it('is in no table of PostgreSQL any more once a letter is destroyed', { skip: WITHOUT_POSTGRES }, async () => {
    const place = await server?.database()
    if (place === undefined || server === undefined) throw new Error('no server')
    await using store = await openLetterStore(place)
    const all = made(300)
    await store.accept(
      all.map(({ row }) => row),
      all.map(({ name }) => tokenRow(name)),
    )
    await store.append(all.map(({ name }) => countAct(name)))
    await server.ask(place.url, 'CHECKPOINT')
    const tables = join(server.data, 'base')
    assert.equal((await bytesOf(tables)).includes(all[0]?.mailbox ?? ''), true)
    await store.destroy('open-net')
    await server.ask(place.url, 'CHECKPOINT')
    const bytes = await bytesOf(tables)
    for (const { name, head, tail, mailbox, row } of all) {
      for (const gone of [head, tail, mailbox, row.receipt ?? '', tokenRow(name).token])
        assert.equal(bytes.includes(gone), false)
      assert.equal(bytes.includes(row.ct), true)
    }
  })
})
