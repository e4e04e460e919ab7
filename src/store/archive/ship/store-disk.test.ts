import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stoppingStore } from '../../../../test/kit/crash/stopping-store.ts'
import { lifeItem } from '../../../../test/kit/stores/archive-life.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { instant } from '../../../core/model/units.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import type { Archived } from '../contract.ts'
import { openArchive } from '../open.ts'
import { openReadArchive, type ReadArchive } from '../read-segments.ts'
import { verifyArchive } from '../verify.ts'
import { ArchiveShipper } from './archive-shipper.ts'
import { SEGMENTS_PREFIX, TAIL_PREFIX } from './object-keys.ts'
import { StoreDisk } from './store-disk.ts'

const openRemote = (store: ObjectStore): Promise<ReadArchive> => openReadArchive('archive', new StoreDisk(store))

/** Everything that an archive says. */
async function everything(archive: Omit<ReadArchive, 'follow'>): Promise<unknown> {
  const [leaves, scanned]: [string[], Archived[]] = [[], []]
  for await (const leaf of archive.leaves(0, archive.size)) leaves.push(Buffer.from(leaf).toString())
  for await (const one of archive.scan(0)) scanned.push(one)
  return {
    ...{ size: archive.size, leaves, scanned },
    each: await Promise.all(scanned.map(({ leafIndex }) => archive.readLeaf(leafIndex))),
  }
}

describe('an archive that is read from object storage', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-remote-'))))
  after(() => rm(root, { recursive: true }))

  it('says what the archive says, while that grows, is sealed and erased', async () => {
    const folder = join(root, 'archive')
    const store = openObjects(join(root, 'store'), {})
    await using archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 4 })
    const shipper = new ArchiveShipper({ store, folder, size: () => archive.size })
    const kept = await openRemote(store)
    assert.equal(kept.size, 0)
    for (let nth = 0; nth < 20; nth++) {
      await archive.append([lifeItem(nth)])
      if (nth === 9) await archive.appendEntry('custody-event', Buffer.from('an act'), instant(4))
      if (nth === 12)
        for (const gone of [2, 11]) await archive.erase(lifeItem(gone).provenance.id, 'a right', instant(5))
      await (nth % 3 === 0 ? shipper.shipAll() : shipper.shipUpTo(archive.size))
      if (nth % 3 !== 0) continue
      assert.equal(await kept.follow(), true)
      for (const remote of [kept, await openRemote(store)])
        assert.deepEqual(await everything(remote), await everything(archive), `after ${nth}`)
    }
    for await (const finding of verifyArchive('archive', { leaves: LEAF_CODEC, disk: new StoreDisk(store) }))
      assert.ok(finding.kind === 'ok' || finding.kind === 'erased', JSON.stringify(finding))
  })

  for (const prefix of [SEGMENTS_PREFIX, TAIL_PREFIX])
    it(`never becomes shorter where a segment is sealed right after ${prefix} was listed`, async () => {
      const at = await mkdtemp(join(root, 'sealing-'))
      const [folder, store] = [join(at, 'archive'), openObjects(join(at, 'store'), {})]
      await using archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100 })
      const shipper = new ArchiveShipper({ store, folder, size: () => archive.size })
      const add = async (from: number, until: number): Promise<void> => {
        for (let nth = from; nth < until; nth++) await archive.append([lifeItem(nth)])
        await shipper.shipAll()
      }
      let armed = 0
      const sealing: ObjectStore = {
        ...stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' }).store,
        async *list(from, last) {
          yield* store.list(from, last)
          if (from !== prefix || armed === 0) return
          armed--
          await add(2, 14)
        },
      }
      await add(0, 2)
      const remote = await openRemote(sealing)
      assert.equal(remote.size, 2)
      armed++
      await remote.follow()
      assert.ok(armed === 0 && remote.size >= 2, `${remote.size} leaves`)
      await remote.follow()
      assert.equal(remote.size, 14)
    })

  it('takes one request for a leaf once it has the sidecar, also where pieces were made one since', async () => {
    const folder = join(root, 'requests')
    const store = openObjects(join(root, 'requests-store'), {})
    await using archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 10_000 })
    const shipper = new ArchiveShipper({ store, folder, size: () => archive.size })
    const counted = stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' })
    for (let nth = 0; nth < 60; nth++) await archive.append([lifeItem(nth)])
    await shipper.shipAll()
    const remote = await openRemote(counted.store)
    await remote.readLeaf(0)
    const before = counted.acts.length
    for (const leaf of [3, 9, 20, 55, 59]) assert.equal((await remote.readLeaf(leaf))?.leafIndex, leaf)
    assert.equal(counted.acts.length - before, 5)
    for (let nth = 60; nth < 90; nth++) {
      await archive.append([lifeItem(nth)])
      await shipper.shipUpTo(archive.size)
      if (nth === 80) await remote.follow()
    }
    await shipper.shipAll()
    for (const leaf of [61, 70, 80]) assert.deepEqual(await remote.readLeaf(leaf), await archive.readLeaf(leaf))
  })
})
