import assert from 'node:assert/strict'
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { until } from '../../../test/kit/crash/eventually.ts'
import { stoppingStore } from '../../../test/kit/crash/stopping-store.ts'
import type { ObjectStore } from '../../runtime/objects/contract.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { openSeenReader, openSeenValues, writeCommonValues, type CommonValues } from '../../store/seen-values/open.ts'
import { partsInUse } from '../../store/warehouse/read-parts.ts'
import { ViewShipper } from './ship-view.ts'
import { ViewFolder } from './take-view.ts'
import { COMMON_FILE, decodeViewList, encodeViewList, FILE_PIECE, PIECES_PREFIX, VIEW_KEY } from './view-format.ts'

const UUID = '11111111-2222-3333-4444-555555555555'
const PART = `warehouse/store/111/${UUID}`
/** A table each; the first has parts. */
const TABLES = ['migrations', 'leaves', 'verdicts', 'observations']

describe('what a centre ships for readers', () => {
  let root = ''
  let serial = 0
  let data = ''
  let here = ''
  let store: ObjectStore
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-view-'))))
  after(() => rm(root, { recursive: true }))

  const put = async (path: string, text: string | Buffer): Promise<void> => {
    await mkdir(dirname(join(data, path)), { recursive: true })
    await writeFile(join(data, path), text)
    // Long ago: what changed within a moment is read again.
    await utimes(join(data, path), 1_700_000_000 + serial, 1_700_000_000 + serial++)
  }
  const pieces = async (): Promise<number> => {
    let count = 0
    for await (const _ of store.list(PIECES_PREFIX)) count++
    return count
  }
  const ship = async (shipper: ViewShipper): Promise<void> => {
    const seen = await shipper.look()
    assert.ok(seen !== undefined)
    await shipper.publish(seen, '1 0')
  }
  const told: unknown[] = []
  const log = { warn: (...what: unknown[]): void => void told.push(...what) }
  const shipper = (graceMs = 1_000_000): ViewShipper =>
    new ViewShipper({ store, log, folder: data, tables: true, graceMs })

  beforeEach(async () => {
    data = join(root, `data-${serial}`)
    here = join(root, `here-${serial}`)
    store = openObjects(join(root, `store-${serial++}`), {})
    await put('shown/now.json', '{"at_utc":"2026-10-06T12:00:00Z"}')
    await put('incidents/revisions.jsonl', Buffer.alloc(2 * FILE_PIECE + 10, 'a'))
    await put('log/public/checkpoint', 'a checkpoint')
    for (const [nth, name] of TABLES.entries())
      await put(`warehouse/metadata/default/${name}.sql`, `ATTACH TABLE _ UUID '${nth + 1}${UUID.slice(1)}'\n()`)
    for (const part of ['all_1_1_0', 'all_2_2_0']) {
      await put(`${PART}/${part}/data.bin`, Buffer.alloc(100, part))
      await put(`${PART}/${part}/checksums.txt`, part)
      await put(`${PART}/${part}/empty`, '')
    }
  })

  it('is the folder as it was, with the times of its files, and follows it', async () => {
    const shipping = shipper()
    await ship(shipping)
    const view = new ViewFolder({ store, folder: here, tables: true })
    assert.deepEqual(await view.take(), { archive: '1 0', isOther: true })
    assert.deepEqual(await view.take(), { archive: '1 0', isOther: false })
    const same = async (path: string): Promise<void> => {
      assert.deepEqual(await readFile(join(here, path)), await readFile(join(data, path)), path)
    }
    for (const path of ['shown/now.json', 'incidents/revisions.jsonl', 'log/public/checkpoint']) await same(path)
    for (const name of ['data.bin', 'checksums.txt', 'empty']) await same(`${PART}/all_1_1_0/${name}`)
    assert.equal(
      Math.floor((await stat(join(here, 'log/public/checkpoint'))).mtimeMs),
      Math.floor((await stat(join(data, 'log/public/checkpoint'))).mtimeMs),
    )
    const [before, kept] = [await pieces(), await stat(join(here, PART, 'all_2_2_0/data.bin'))]
    await appendFile(join(data, 'incidents/revisions.jsonl'), 'b')
    await ship(shipping)
    // Its end, and the list.
    assert.equal(await pieces(), before + 2)
    assert.equal((await view.take()).isOther, true)
    await same('incidents/revisions.jsonl')
    // A part that was merged with others into one.
    await put(`${PART}/all_1_1_1_3/data.bin`, 'less')
    await put(`${PART}/all_1_1_1_3/checksums.txt`, 'less')
    await ship(shipping)
    await view.take()
    assert.deepEqual((await readdir(join(here, PART))).toSorted(), ['all_1_1_1_3', 'all_2_2_0'])
    assert.equal((await stat(join(here, PART, 'all_2_2_0/data.bin'))).ino, kept.ino)
  })

  it('has files of every name that a disk can have, and tells once of one that it leaves out', async () => {
    const named = ['record/Қазақстан 1.json', 'studies/a:b (2).json', "others/o'k?&#.csv"]
    for (const path of named) await put(path, path)
    await put('studies/line\nend.json', 'not for readers')
    await put(`studies/${'a'.repeat(245)}.json`, 'not for readers')
    const shipping = shipper()
    for (let round = 0; round < 2; round++) await ship(shipping)
    await new ViewFolder({ store, folder: here, tables: true }).take()
    for (const path of named) assert.equal(await readFile(join(here, path), 'utf8'), path)
    assert.deepEqual(await readdir(join(here, 'studies')), ['a:b (2).json'])
    assert.equal(told.filter((one) => typeof one === 'string').length, 2)
  })

  it('needs little memory, and at a next start reads no long file that is as it was', async () => {
    for (let nth = 0; nth < 4; nth++) {
      await put(`bundles/${nth}.zip`, '')
      await truncate(join(data, `bundles/${nth}.zip`), 32 * FILE_PIECE)
      await utimes(join(data, `bundles/${nth}.zip`), 1_700_000_000, 1_700_000_000)
    }
    await put('bundles/long.zip', '')
    await truncate(join(data, 'bundles/long.zip'), 160 * FILE_PIECE)
    const held = (): number => process.memoryUsage().arrayBuffers
    const before = held()
    const shipping = shipper()
    const seen = await shipping.look()
    assert.ok(held() - before < 64 * 2 ** 20, `${held() - before} bytes`)
    await shipping.publish(seen!, '1 0')
    let most = 0
    const watched: ObjectStore = {
      ...stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' }).store,
      get: (...asked) => {
        most = Math.max(most, held())
        return store.get(...asked)
      },
    }
    const start = held()
    await new ViewFolder({ store: watched, folder: here, tables: true }).take()
    assert.ok(most - start < 96 * 2 ** 20, `${most - start} bytes`)
    assert.equal((await stat(join(here, 'bundles/long.zip'))).size, 160 * FILE_PIECE)
    // Other bytes of the same length and time: that they are not shipped shows that they are not read.
    await writeFile(join(data, 'bundles/0.zip'), Buffer.alloc(32 * FILE_PIECE, 'x'))
    await utimes(join(data, 'bundles/0.zip'), 1_700_000_000, 1_700_000_000)
    const count = await pieces()
    await ship(shipper())
    assert.equal(await pieces(), count)
    await utimes(join(data, 'bundles/0.zip'), 1_700_000_001, 1_700_000_001)
    await ship(shipper())
    assert.ok((await pieces()) > count)
  })

  it('is shipped on by another process, and rid of what is not needed', async () => {
    await ship(shipper())
    const before = await pieces()
    await rm(join(data, PART, 'all_2_2_0'), { recursive: true })
    await put('log/public/checkpoint', 'another checkpoint')
    const next = shipper(0)
    await ship(next)
    assert.ok((await pieces()) > before)
    await until(async () => {
      await ship(next)
      return (await pieces()) === before - 1
    })
    await new ViewFolder({ store, folder: here, tables: true }).take()
    assert.deepEqual(await readdir(join(here, PART)), ['all_1_1_0'])
  })

  it('has no key, secret, registry or archive, also where they are in the folder', async () => {
    for (const path of [
      ...['archive/erasure.key', 'archive/segments/00000001.segment', 'registry/reports.sqlite', 'mail.json'],
      ...['log/keys/a.seed', 'log/fence.json', 'subscription-secrets/a', 'holder.json', 'record/others/.x.unfinished'],
    ])
      await put(path, 'PRIVATE')
    await ship(shipper())
    await new ViewFolder({ store, folder: here, tables: true }).take()
    const names = await readdir(here, { recursive: true, withFileTypes: true })
    for (const { name, parentPath } of names.filter((entry) => entry.isFile()))
      assert.ok(!(await readFile(join(parentPath, name))).includes('PRIVATE'), name)
  })

  it('leaves what was taken where bytes are others than their hash, or are gone', async () => {
    const shipping = shipper()
    await ship(shipping)
    const view = new ViewFolder({ store, folder: here, tables: true })
    await view.take()
    await put('log/public/checkpoint', 'a newer checkpoint')
    const known = new Set<string>()
    for await (const { key } of store.list(PIECES_PREFIX)) known.add(key)
    await ship(shipping)
    for await (const { key } of store.list(PIECES_PREFIX))
      if (!known.has(key)) await store.put(key, Buffer.from('damaged'))
    await assert.rejects(view.take(), /has other bytes/)
    for await (const { key } of store.list(PIECES_PREFIX)) if (!known.has(key)) await store.remove(key)
    await assert.rejects(view.take(), /is gone/)
    assert.equal(await readFile(join(here, 'log/public/checkpoint'), 'utf8'), 'a checkpoint')
    await store.put(VIEW_KEY, Buffer.from('{"format":"kuager-view/2"}'))
    await assert.rejects(view.take(), /another version/)
  })

  it('leads out of no folder', async () => {
    const file = { modified_ms: 0, size: 0, pieces: [] }
    for (const path of ['../a', '/a', 'a/../../b', 'a//b', 'a/.', '', 'a\\b', 'a\u0000', 'a'.repeat(241)])
      await assert.rejects(
        decodeViewList(await encodeViewList({ files: [{ ...file, path }], sets: [] }), 's'),
        /damaged/,
      )
    const set = { path: 'a', modified_ms: 0, pieces: [] }
    for (const name of ['../a', 'a/b', '..'])
      await assert.rejects(
        decodeViewList(await encodeViewList({ files: [], sets: [{ ...set, files: [[name, 1]] }] }), 's'),
        /damaged/,
      )
  })

  it('says of common values which they are, and nothing of others and of those who brought them', async () => {
    const [common, rare] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
    {
      using seen = openSeenValues(data)
      for (const [nth, device] of ['device-a', 'device-b', 'device-c'].entries())
        seen.note([{ keys: nth === 0 ? [common, rare] : [common], device, day: nth, leafIndex: nth }])
    }
    await ship(shipper())
    await new ViewFolder({ store, folder: here, tables: true }).take()
    const text = await readFile(join(here, COMMON_FILE), 'utf8')
    assert.doesNotMatch(text, /device/)
    assert.ok(!text.includes(rare.toString('hex')))
    const told = JSON.parse(text) as CommonValues
    for (const values of [{ ...told, keys: [rare.toString('hex')] }, told]) writeCommonValues(here, values)
    const reader = openSeenReader(here)
    assert.deepEqual([reader.isCommon(common), reader.isCommon(rare)], [true, false])
    assert.deepEqual(reader.secret, openSeenReader(data).secret)
  })

  it('has parts that none replaces', () => {
    assert.deepEqual(
      partsInUse(['202610_1_4_1', '202610_1_1_0', '202610_4_4_0', '202610_5_5_0', '202610_5_5_0_9', '202611_2_2_0']),
      ['202610_1_4_1', '202610_5_5_0_9', '202611_2_2_0'],
    )
  })
})
