import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { stoppingStore } from '../../../../test/kit/crash/stopping-store.ts'
import { lifeItem } from '../../../../test/kit/stores/archive-life.ts'
import { bytesOf } from '../../../../test/kit/stores/shipped-archive.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { instant } from '../../../core/model/units.ts'
import { REAL_DISK } from '../../../runtime/files/disk.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { Archive, Archived } from '../contract.ts'
import { layoutOf } from '../layout.ts'
import { openArchive } from '../open.ts'
import { openReadArchive } from '../read-segments.ts'
import { verifyArchive } from '../verify.ts'
import { ArchiveShipper } from './archive-shipper.ts'
import { awayDisk, dropSegment } from './away-disk.ts'

describe('an archive some of whose segments are only on object storage', () => {
  let root = ''
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-away-'))))
  after(() => rm(root, { recursive: true }))
  const open = (folder: string, away?: ObjectStore): Promise<Archive> =>
    openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 8, away })
  const scanned = async (archive: Archive): Promise<readonly Archived[]> => {
    const all: Archived[] = []
    for await (const one of archive.scan(0)) all.push(one)
    return all
  }

  it('says what it said before, opens without the store, and erases there too', async () => {
    const folder = join(root, 'archive')
    const layout = layoutOf(folder)
    const store = openObjects(join(root, 'store'), {})
    let expected: readonly Archived[] = []
    {
      await using archive = await open(folder)
      for (let nth = 0; nth < 30; nth++) await archive.append([lifeItem(nth)])
      const shipper = new ArchiveShipper({ store, folder, size: () => archive.size })
      assert.equal(await dropSegment(1, { layout, disk: REAL_DISK, store }), false) // not there yet
      await shipper.shipAll()
      for (const number of [1, 2, 4]) assert.equal(await dropSegment(number, { layout, disk: REAL_DISK, store }), true)
      expected = []
    }
    assert.deepEqual((await readdir(layout.segments)).filter((name) => /\.(segment|away)$/.test(name)).sort(), [
      '00000001.away',
      '00000002.away',
      '00000003.segment',
      '00000004.away',
      '00000005.segment',
    ])
    const counted = stoppingStore(store, { act: Number.POSITIVE_INFINITY, moment: 'before' })
    await using archive = await open(folder, counted.store)
    assert.deepEqual(counted.acts, []) // nothing is asked at an opening
    expected = await scanned(archive)
    assert.equal(expected.length, 30)
    assert.ok(expected.every(({ kind }) => kind === 'blob'))
    const before = counted.acts.length
    const id = lifeItem(2).provenance.id
    assert.equal(await archive.leafOf(id), 2)
    assert.deepEqual(await archive.append([lifeItem(2)]), [{ kind: 'known', leafIndex: 2 }])
    assert.equal(counted.acts.length, before)
    assert.deepEqual(await archive.readLeaf(2), expected[2])
    assert.equal(counted.acts.length, before + 1)
    await archive.erase(id, 'a right', instant(5))
    assert.equal((await archive.readLeaf(2))?.kind, 'erased')
    const disk = awayDisk(REAL_DISK, layout, store)
    await new ArchiveShipper({ store, folder, disk, size: () => archive.size }).shipAll()
    assert.ok(!(await bytesOf(store)).includes(Buffer.from(id, 'hex')))
    for await (const finding of verifyArchive(folder, { leaves: LEAF_CODEC, disk }))
      assert.ok(finding.kind === 'ok' || finding.kind === 'erased', JSON.stringify(finding))
  })

  it('is read by another process too, from the moment at which a segment is removed', async () => {
    const folder = join(root, 'archive')
    const layout = layoutOf(folder)
    const store = openObjects(join(root, 'store'), {})
    const reader = await openReadArchive(folder, REAL_DISK, store)
    const all = (): Promise<readonly (Archived | undefined)[]> =>
      Promise.all(Array.from({ length: 30 }, (_, leaf) => reader.readLeaf(leaf)))
    const before = await all()
    assert.equal(before.filter((one) => one?.kind === 'blob').length, 29) // one was erased
    assert.equal(await dropSegment(3, { layout, disk: REAL_DISK, store }), true)
    assert.equal(await reader.follow(), false)
    assert.deepEqual(await all(), before)
    const bare = await openReadArchive(folder)
    assert.equal(bare.size, 30)
    await assert.rejects(bare.readLeaf(3), /only on the object storage; set KUAGER_ARCHIVE_STORE/)
  })

  it('takes new measurements without the store, and says which record is away', async () => {
    const folder = join(root, 'archive')
    await using archive = await open(folder)
    assert.deepEqual(await archive.append([lifeItem(40)]), [{ kind: 'added', leafIndex: 30 }])
    assert.equal((await archive.readLeaf(30))?.kind, 'blob')
    await assert.rejects(
      archive.readLeaf(3),
      /00000001.segment": it is only on the object storage; set KUAGER_ARCHIVE_STORE/,
    )
    await assert.rejects(archive.erase(lifeItem(3).provenance.id, 'a right', instant(6)), /only on the object storage/)
    assert.deepEqual(await archive.append([lifeItem(41)]), [{ kind: 'added', leafIndex: 31 }])
  })
})
