import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lifeItem } from '../../../test/kit/stores/archive-life.ts'
import { VolatileDisk } from '../../../test/kit/crash/volatile-disk.ts'
import { LEAF_CODEC } from '../../core/evidence/log/leaf-record.ts'
import { instant } from '../../core/model/units.ts'
import { readWhole, writeDurable } from '../../runtime/files/durable-file.ts'
import type { Archive } from './contract.ts'
import { layoutOf } from './layout.ts'
import { openArchive } from './open.ts'
import { openReadArchive, type ReadArchive } from './read-segments.ts'

const FOLDER = '/archive'
const open = (disk: VolatileDisk): Promise<Archive> =>
  openArchive(FOLDER, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 4, disk })

/** Everything that an archive says of its leaves. */
async function told(archive: Pick<ReadArchive, 'size' | 'readLeaf' | 'leaves'>): Promise<unknown> {
  const leaves: string[] = []
  for await (const leaf of archive.leaves(0, archive.size)) leaves.push(Buffer.from(leaf).toString())
  const all = Array.from({ length: archive.size }, (_, leaf) => archive.readLeaf(leaf))
  return { size: archive.size, leaves, all: await Promise.all(all), beyond: await archive.readLeaf(archive.size) }
}

describe('an archive that another process writes', () => {
  it('is read as its writer has it, over rotations, erasures and entries, without its key', async () => {
    const disk = new VolatileDisk()
    await using writer = await open(disk)
    await writer.append([lifeItem(0)])
    const reader = await openReadArchive(FOLDER, disk)
    await disk.remove(layoutOf(FOLDER).key)
    for (let nth = 1; nth < 9; nth++) {
      await writer.append([lifeItem(nth)])
      if (nth === 3) await writer.appendEntry('custody-event', Buffer.from('an act'), instant(4))
      assert.equal(await reader.follow(), true)
      assert.deepEqual(await told(reader), await told(writer))
    }
    for (const nth of [1, 8]) await writer.erase(lifeItem(nth).provenance.id, 'a right', instant(5))
    assert.equal(await reader.follow(), true)
    assert.equal(await reader.follow(), false)
    assert.deepEqual(await told(reader), await told(writer))
  })

  it('has no record that is not whole, and starts again where another one takes its place', async () => {
    const disk = new VolatileDisk()
    {
      await using writer = await open(disk)
      await writer.append([lifeItem(0), lifeItem(1)])
    }
    const layout = layoutOf(FOLDER)
    const whole = (await readWhole(layout.segment(1), disk))!
    await writeDurable(layout.segment(1), whole.subarray(0, -7), disk)
    const reader = await openReadArchive(FOLDER, disk)
    assert.equal(reader.size, 1)
    await writeDurable(layout.segment(1), whole, disk)
    await reader.follow()
    assert.equal(reader.size, 2)
    await using other = await openArchive('/other', { leaves: LEAF_CODEC, disk })
    await other.append([lifeItem(5)])
    const from = layoutOf('/other')
    await writeDurable(layout.segment(1), (await readWhole(from.segment(1), disk))!, disk)
    await writeDurable(layout.leafFile(1), (await readWhole(from.leafFile(1), disk))!, disk)
    assert.equal(await reader.follow(), true)
    assert.deepEqual(await told(reader), await told(other))
  })
})
