import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { verifyCustody } from '../../core/evidence/custody/custody-chain.ts'
import type { CustodyDraft } from '../../core/evidence/custody/custody-event.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { formatVerifierKey } from '../../core/evidence/log/signed-note.ts'
import { Fault, InputError } from '../../core/model/errors.ts'
import { instant, millis } from '../../core/model/units.ts'
import type { Archive } from '../../store/archive/contract.ts'
import { openArchive } from '../../store/archive/open.ts'
import { sha256, verifyEd25519 } from '../../runtime/ed25519.ts'
import { openCustody, type CustodyBook } from './custody-book.ts'
import { readCustody, type LoggedCustody } from './read-custody.ts'

const TOOLS = { digest: sha256, verify: verifyEd25519 }
const root = mkdtempSync(join(tmpdir(), 'kuager-custody-'))
after(() => rmSync(root, { recursive: true, force: true }))
let folders = 0

const DRAFT: CustodyDraft = {
  type: 'copied',
  evidence: { kind: 'log', id: '7' },
  actor: 'operator',
  reason: 'a copy for a court',
  detail: {},
}

/** A data folder, its archive and a clock moved by hand. */
async function world() {
  const folder = join(root, String(folders++))
  mkdirSync(folder)
  const time = { now: Date.parse('2026-03-05T10:00:00Z') }
  const clock = { now: () => instant(time.now), monotonic: () => millis(time.now) }
  let archive: Archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
  return {
    folder,
    time,
    archive: () => archive,
    open: (): Promise<CustodyBook> => openCustody({ folder, archive, clock }),
    reopen: async (): Promise<CustodyBook> => {
      await archive[Symbol.asyncDispose]()
      archive = await openArchive(join(folder, 'archive'), { leaves: LEAF_CODEC })
      return openCustody({ folder, archive, clock })
    },
    other: (n: number) => archive.appendEntry('saved-check', Buffer.from(`{"n":${n}}`), clock.now()),
    [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
  }
}

async function all(book: CustodyBook): Promise<readonly LoggedCustody[]> {
  const found: LoggedCustody[] = []
  for await (const one of book.events()) found.push(one)
  return found
}

const sound = async (book: CustodyBook): Promise<number> => {
  const events = await all(book)
  assert.deepEqual(
    verifyCustody(
      events.map(({ bytes }) => bytes),
      TOOLS,
    ).problems,
    [],
  )
  return events.length
}

describe('openCustody()', () => {
  it('keeps one chain among everything else that is logged, also from one opening to the next', async () => {
    await using here = await world()
    const first = await here.open()
    const { leafIndex } = await first.record(DRAFT)
    assert.equal(leafIndex, 0)
    await here.other(1)
    await first.record(DRAFT)
    const second = await here.reopen()
    await here.other(2)
    assert.equal((await second.record(DRAFT)).leafIndex, 4)
    assert.deepEqual(
      (await all(second)).map((one) => one.leafIndex),
      [0, 2, 4],
    )
    assert.equal(await sound(second), 3)
  })

  it('keeps the order of what is recorded at the same time', async () => {
    await using here = await world()
    const book = await here.open()
    await Promise.all(Array.from({ length: 30 }, (_, n) => book.record({ ...DRAFT, detail: { n } })))
    assert.equal(await sound(book), 30)
    assert.deepEqual(
      (await all(book)).map(({ event }) => event.detail['n']),
      Array.from({ length: 30 }, (_, n) => n),
    )
  })

  it('goes on after an event that was refused or could not be written', async () => {
    await using here = await world()
    const book = await here.open()
    await book.record(DRAFT)
    await assert.rejects(book.record({ ...DRAFT, actor: 'someone@example.org' }), InputError)
    await book.record(DRAFT)
    assert.equal(await sound(book), 2)
  })

  it('never lets a clock that was set back make the chain run backwards', async () => {
    await using here = await world()
    const book = await here.open()
    const first = await book.record(DRAFT)
    here.time.now -= 3_600_000
    const second = await (await here.reopen()).record(DRAFT)
    assert.equal(second.event.at, first.event.at)
    assert.deepEqual(second.event.detail, { clock_utc: '2026-03-05T09:00:00Z' })
    here.time.now += 3_600_001
    assert.deepEqual((await (await here.open()).record(DRAFT)).event.detail, {})
    assert.equal(await sound(await here.open()), 3)
  })

  it('makes its key once, readable by its owner alone, and refuses a damaged one', async () => {
    await using here = await world()
    const book = await here.open()
    const path = join(here.folder, 'keys/custody.key')
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.deepEqual((await here.open()).key(), book.key())
    const text = readFileSync(path, 'utf8')
    for (const damaged of ['', 'junk', text.slice(0, -8), text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')]) {
      writeFileSync(path, damaged)
      await assert.rejects(here.open(), Fault)
    }
  })

  it('names a damaged event and goes on with the others, chained to it by the hash in its leaf', async () => {
    await using here = await world()
    const book = await here.open()
    for (const n of [0, 1, 2]) await book.record({ ...DRAFT, detail: { n } })
    const whole = (await all(book)).map(({ bytes }) => bytes)
    for (const damaged of [1, 2]) {
      const heard: number[] = []
      const archive = {
        appendEntry: here.archive().appendEntry.bind(here.archive()),
        leaves: here.archive().leaves.bind(here.archive()),
        readLeaf: (leaf: number) =>
          leaf === damaged ? Promise.reject(new Fault('damaged')) : here.archive().readLeaf(leaf),
        get size() {
          return here.archive().size
        },
      }
      const parts = {
        folder: here.folder,
        archive,
        clock: { now: () => instant(here.time.now), monotonic: () => millis(0) },
      }
      await assert.rejects(all(await openCustody(parts)), Fault)
      const again = await openCustody({ ...parts, onUnreadable: (leaf) => heard.push(leaf) })
      whole.push((await again.record(DRAFT)).bytes)
      assert.equal((await all(again)).length, whole.length - 1)
      assert.ok(heard.includes(damaged) && heard.every((leaf) => leaf === damaged))
    }
    assert.deepEqual(verifyCustody(whole, TOOLS).problems, [])
    assert.equal(await sound(await here.open()), 5)
  })

  it('begins after the leaves whose places the log remembers, and at the first where it remembers others', async () => {
    await using here = await world()
    await (await here.open()).record(DRAFT)
    await here.other(1)
    await (await here.open()).record(DRAFT)
    mkdirSync(join(here.folder, 'log'))
    const walked = async (until: number): Promise<readonly number[]> => {
      const places = { 'custody-event': [0], 'saved-check': [1] }
      writeFileSync(join(here.folder, 'log', 'entries.json'), JSON.stringify({ until, places }))
      const from: number[] = []
      const archive = {
        readLeaf: here.archive().readLeaf.bind(here.archive()),
        leaves: (first: number, end: number) => {
          from.push(first)
          return here.archive().leaves(first, end)
        },
        size: here.archive().size,
      }
      const found: number[] = []
      for await (const { leafIndex } of readCustody(archive, here.folder)) found.push(leafIndex)
      assert.deepEqual(found, [0, 2])
      return from
    }
    assert.deepEqual(await walked(2), [2])
    assert.deepEqual(await walked(9), [0])
  })

  it('hands over from one key to the next', async () => {
    await using here = await world()
    const book = await here.open()
    await book.record(DRAFT)
    const before = formatVerifierKey(book.key())
    const next = formatVerifierKey(await book.rotate('yearly change', 'operator'))
    await book.record(DRAFT)
    await (await here.reopen()).record(DRAFT)
    const again = await here.open()
    assert.equal(formatVerifierKey(again.key()), next)
    assert.equal(await sound(again), 4)
    const keys = (await all(again)).map(({ event }) => event.key)
    assert.deepEqual(keys, [before, before, next, next])
  })
})
