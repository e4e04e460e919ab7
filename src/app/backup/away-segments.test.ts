import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { BackupWorld, bulkyMeasurement, filesOf } from '../../../test/kit/stores/backup-world.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { REAL_DISK } from '../../runtime/files/disk.ts'
import { openObjects } from '../../runtime/objects/open-objects.ts'
import { layoutOf } from '../../store/archive/layout.ts'
import { openArchive } from '../../store/archive/open.ts'
import { ArchiveShipper } from '../../store/archive/ship/archive-shipper.ts'
import { awayDisk, dropSegment } from '../../store/archive/ship/away-disk.ts'

const KILOBYTES = 200 * 1024

describe('kuager backup of a folder some of whose segments are only on object storage', () => {
  let world: BackupWorld
  const items = Array.from({ length: 8 }, () => bulkyMeasurement(KILOBYTES))
  /** Ships everything that is in the folder, and what was erased. */
  const ship = async (): Promise<void> => {
    const folder = world.path('data', 'archive')
    await using store = openObjects(world.path('store'), {})
    const disk = awayDisk(REAL_DISK, layoutOf(folder), store)
    await using archive = await openArchive(folder, { leaves: LEAF_CODEC, away: store })
    await new ArchiveShipper({ store, folder, disk, size: () => archive.size }).shipAll()
  }
  before(async () => {
    world = await BackupWorld.make()
    const layout = layoutOf(world.path('data', 'archive'))
    {
      await using archive = await openArchive(layout.folder, { leaves: LEAF_CODEC, segmentBytes: 2 * KILOBYTES })
      for (const item of items) await archive.append([item])
    }
    await ship()
    await using store = openObjects(world.path('store'), {})
    for (const number of [1, 2]) assert.equal(await dropSegment(number, { layout, disk: REAL_DISK, store }), true)
    assert.ok(!existsSync(layout.segment(1)) && existsSync(layout.segment(3)))
  })
  after(() => world[Symbol.asyncDispose]())

  it('needs the address of the store, and then has everything: the restored folder needs no store', async () => {
    const refused = await world.run(
      ...['backup', '--folder', 'data', '--to', 'none', '--recipient', world.key.recipient],
    )
    assert.equal(refused.exit, 1)
    assert.match(refused.text, /it is only on the object storage; set KUAGER_ARCHIVE_STORE/)
    world.env = { KUAGER_ARCHIVE_STORE: world.path('store') }
    await world.backup()
    world.env = {}
    assert.equal((await world.restore('same')).exit, 0)
    assert.match(await world.good('archive', 'verify', '--folder', 'same'), /^ok 8, erased 0, corrupt 0$/m)
    assert.ok(![...(await filesOf(world.path('same'), /^$/)).keys()].some((name) => name.endsWith('.away')))
  })

  it('reads nothing again that did not change there', async () => {
    world.env = { KUAGER_ARCHIVE_STORE: world.path('store') }
    const made = JSON.parse(await world.backup('--json')) as { sent_pieces: number; unshipped: number }
    assert.deepEqual([made.sent_pieces, made.unshipped], [0, 0])
  })

  it('ends with 1 until the store has carried out an erasure, which then reaches earlier generations', async () => {
    world.env = { KUAGER_ARCHIVE_STORE: world.path('store') }
    const [erased] = items
    assert.ok(erased !== undefined)
    await world.good('archive', 'erase', erased.id, '--folder', 'data', '--reason', 'asked for')
    const backup = ['backup', '--folder', 'data', '--to', 'target', '--recipient', world.key.recipient]
    const early = await world.run(...backup)
    assert.equal(early.exit, 1, early.text)
    assert.match(early.text, /object storage has not carried out 1 erasures yet/)
    await ship()
    const done = await world.run(...backup)
    assert.equal(done.exit, 0, done.text)
    assert.match(done.text, /pieces of earlier generations replaced/)
    world.env = {}
    assert.equal((await world.restore('first', '--at', '1')).exit, 0)
    assert.match(await world.good('archive', 'verify', '--folder', 'first'), /^ok 7, erased 1, corrupt 0$/m)
    for (const [name, bytes] of await filesOf(world.path('first'), /^$/))
      assert.ok(!bytes.includes(Buffer.from(erased.id, 'hex')), name)
  })
})
