import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { lifeItem } from '../../../../test/kit/stores/archive-life.ts'
import { stoppingStore } from '../../../../test/kit/crash/stopping-store.ts'
import { checkShipped, objectsWith } from '../../../../test/kit/stores/shipped-archive.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { instant } from '../../../core/model/units.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { Archive } from '../contract.ts'
import { openArchive } from '../open.ts'
import { ArchiveShipper } from './archive-shipper.ts'
import { verifyArchive } from '../verify.ts'
import { StoreDisk } from './store-disk.ts'
import { listPieces } from './store-state.ts'

const open = (folder: string): Promise<Archive> =>
  openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 4 })

describe('an archive that is shipped', () => {
  let root = ''
  let nth = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-ship-'))))
  after(() => rm(root, { recursive: true }))
  const place = (): { readonly folder: string; readonly store: ObjectStore } => {
    const folder = join(root, `${nth++}`)
    return { folder: join(folder, 'archive'), store: openObjects(join(folder, 'store'), {}) }
  }
  const shipper = (archive: Archive, folder: string, store: ObjectStore): ArchiveShipper =>
    new ArchiveShipper({ store, folder, size: () => archive.size })
  /** What a reader of the store finds, every record hashed. */
  const remoteCounts = async (store: ObjectStore): Promise<{ corrupt: number }> => {
    const counts = { ok: 0, erased: 0, corrupt: 0, unfinished: 0 }
    const disk = new StoreDisk(store)
    for await (const { kind } of verifyArchive(disk.layout.folder, { leaves: LEAF_CODEC, disk })) counts[kind]++
    return counts
  }
  const erase = (archive: Archive, item: number): Promise<void> =>
    archive.erase(lifeItem(item).provenance.id, 'a right', instant(5))

  it('is on the store byte for byte after each act, also for a shipper that remembers nothing', async () => {
    const { folder, store } = place()
    await using archive = await open(folder)
    let ship = shipper(archive, folder, store)
    for (let item = 0; item < 12; item++) {
      await archive.append([lifeItem(item)])
      await ship.shipUpTo(archive.size)
      assert.equal(ship.shipped, item + 1)
      if (item % 3 === 2) ship = shipper(archive, folder, store)
      if (item % 2 === 0) await ship.shipAll()
      if (item % 2 === 0) await checkShipped(store, folder)
      if (item === 7) for (const gone of [0, 6, 7]) await erase(archive, gone)
    }
    await ship.shipAll()
    await checkShipped(store, folder)
    for (const gone of [0, 6, 7])
      assert.deepEqual(await objectsWith(store, Buffer.from(lifeItem(gone).provenance.id, 'hex')), [])
    assert.deepEqual((await objectsWith(store, Buffer.from(lifeItem(5).provenance.id, 'hex'))).length, 2) // record and sidecar
  })

  it('keeps its promises when the shipper dies at any act, before or after it', async () => {
    const life = async (given: ObjectStore, folder: string, archive: Archive): Promise<void> => {
      const ship = shipper(archive, folder, given)
      await archive.append([lifeItem(0)])
      await ship.shipAll()
      for (const item of [2, 4, 6, 8]) {
        await archive.append([lifeItem(item - 1), lifeItem(item)])
        await ship.shipUpTo(archive.size)
      }
      await ship.shipAll()
      await erase(archive, 1)
      await erase(archive, 8)
      await ship.shipAll()
      await archive.append([lifeItem(9)])
      await ship.shipAll()
    }
    const whole = place()
    const all = stoppingStore(whole.store, { act: Number.POSITIVE_INFINITY, moment: 'before' })
    {
      await using archive = await open(whole.folder)
      await life(all.store, whole.folder, archive)
      await checkShipped(whole.store, whole.folder)
    }
    for (const kind of [
      'put archive/segments/',
      'patch archive/segments/',
      'patch archive/tail/',
      'remove archive/tail/',
    ])
      assert.ok(
        all.acts.some((act) => act.startsWith(kind)),
        kind,
      )
    for (const [act] of all.acts.entries())
      for (const moment of ['before', 'after'] as const) {
        const { folder, store } = place()
        await using archive = await open(folder)
        const stopping = stoppingStore(store, { act, moment })
        await assert.rejects(life(stopping.store, folder, archive), /stopped/)
        const next = shipper(archive, folder, store)
        await archive.append([9, 10, 11, 12].map(lifeItem))
        await next.shipAll()
        await checkShipped(store, folder)
        const counts = await remoteCounts(store)
        assert.deepEqual(counts.corrupt, 0)
        for (const gone of [1, 8])
          if (
            (await archive.has(lifeItem(gone).provenance.id)) &&
            (await archive.leafOf(lifeItem(gone).provenance.id)) === undefined
          )
            assert.deepEqual(await objectsWith(store, Buffer.from(lifeItem(gone).provenance.id, 'hex')), [])
        await rm(join(folder, '..'), { recursive: true })
      }
  })

  it('goes on in the same process after a failure, wherever it was', async () => {
    const { folder, store } = place()
    await using archive = await open(folder)
    let failing = true
    const once = new Set<string>()
    const lose = async <T>(act: string, done: Promise<T>): Promise<T> => {
      const result = await done
      if (!failing || once.has(act)) return result
      once.add(act)
      throw new Error(`answer of ${act} lost`)
    }
    const flaky: ObjectStore = {
      ...stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' }).store,
      put: (key, body, condition) => lose(`put ${key}`, store.put(key, body, condition)),
      remove: (key) => lose(`remove ${key}`, store.remove(key)),
      patch: (key, patches) => lose(`patch ${key}`, store.patch(key, patches)),
    }
    const ship = shipper(archive, folder, flaky)
    for (let item = 0; item < 9; item++) {
      await archive.append([lifeItem(item)])
      await ship.shipAll().catch(() => undefined)
      if (item === 4) await erase(archive, 3)
    }
    for (let tries = 0; tries < 40; tries++) await ship.shipAll().catch(() => undefined)
    failing = false
    await ship.shipAll()
    await checkShipped(store, folder)
    assert.ok(once.size > 10)
  })

  it('makes few pieces of many', async () => {
    const { folder, store } = place()
    await using archive = await openArchive(folder, { leaves: LEAF_CODEC })
    const ship = shipper(archive, folder, store)
    for (let item = 0; item < 100; item++) {
      await archive.append([lifeItem(item)])
      await ship.shipAll()
      assert.ok((await listPieces(store)).length <= 32)
    }
    await checkShipped(store, folder)
  })

  it('leaves another history alone', async () => {
    const { folder, store } = place()
    await using archive = await open(folder)
    await archive.append([lifeItem(0)])
    await cp(folder, `${folder}-copy`, { recursive: true })
    await using copy = await open(`${folder}-copy`)
    await archive.append([lifeItem(1)])
    await copy.append([lifeItem(1)]) // the same measurement under another salt
    await shipper(archive, folder, store).shipAll()
    await assert.rejects(shipper(copy, `${folder}-copy`, store).shipAll(), /another history, which is left as it is/)
    for (const item of [2, 3, 4, 5]) {
      await archive.append([lifeItem(item)])
      await copy.append([lifeItem(item)])
    }
    await shipper(archive, folder, store).shipAll()
    await assert.rejects(shipper(copy, `${folder}-copy`, store).shipAll(), /another history/)
    await checkShipped(store, folder)
    // An older copy of the folder has less than the store.
    const other = place()
    await using less = await open(other.folder)
    await assert.rejects(shipper(less, other.folder, store).shipAll(), /is there and not here/)
  })

  it('ships a folder that grew without a store, and does not ship again what is there', async () => {
    const { folder, store } = place()
    await using archive = await open(folder)
    for (let item = 0; item < 9; item++) await archive.append([lifeItem(item)])
    await erase(archive, 2)
    await shipper(archive, folder, store).shipAll()
    await checkShipped(store, folder)
    const before = await readFile(join(folder, 'erasures.log'))
    const counted = stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' })
    await shipper(archive, folder, counted.store).shipAll()
    assert.deepEqual(
      counted.acts.filter((act) => !act.startsWith('get ') && !act.startsWith('head ')),
      [],
    )
    assert.ok(before.length > 0)
  })
})
