import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { lifeItem } from '../../../../test/kit/stores/archive-life.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { instant } from '../../../core/model/units.ts'
import type { ObjectStore } from '../../../runtime/objects/contract.ts'
import { openObjects } from '../../../runtime/objects/open-objects.ts'
import type { Archive } from '../contract.ts'
import { openArchive } from '../open.ts'
import { ArchiveShipper } from './archive-shipper.ts'
import { mirrorArchive } from './mirror-archive.ts'
import { ERASURES_KEY } from './object-keys.ts'
import { shippedLeaves } from './shipped-leaves.ts'

describe('a copy of what is shipped', () => {
  let root = ''
  let nth = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-mirror-'))))
  after(() => rm(root, { recursive: true }))

  interface Place extends AsyncDisposable {
    readonly archive: Archive
    readonly store: ObjectStore
    readonly copy: string
    append(from: number, until: number): Promise<void>
    erase(item: number): Promise<void>
    /** Brings the copy to the store and compares it with the archive, byte for byte. */
    checkCopy(): Promise<void>
  }
  async function place(segmentBytes: number): Promise<Place> {
    const at = join(root, String(nth++))
    const [folder, copy] = [join(at, 'archive'), join(at, 'copy')]
    const store = openObjects(join(at, 'store'), {})
    const archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes })
    const shipper = new ArchiveShipper({ store, folder, size: () => archive.size })
    return {
      ...{ archive, store, copy },
      async append(from, until) {
        for (let item = from; item < until; item++) await archive.append([lifeItem(item)])
        await shipper.shipAll()
      },
      async erase(item) {
        await archive.erase(lifeItem(item).provenance.id, 'a right', instant(5))
        await shipper.shipAll()
      },
      async checkCopy() {
        assert.equal((await mirrorArchive(store, copy)).leaves, archive.size)
        for (const part of ['segments', 'leaves'])
          for (const name of await readdir(join(folder, part)))
            if (/(?:segment|leaves)$/.test(name))
              assert.deepEqual(await readFile(join(copy, part, name)), await readFile(join(folder, part, name)), name)
        assert.deepEqual(await readFile(join(copy, 'erasures.log')), await readFile(join(folder, 'erasures.log')))
        for (const name of await readdir(join(copy, 'segments')))
          assert.deepEqual(await readFile(join(copy, 'segments', name)), await readFile(join(folder, 'segments', name)))
      },
      [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
    }
  }
  /** A store on which something happens right before the log of erasures is read: a round has listed and copied by then. */
  const meanwhile = ({ store }: Place, act: () => Promise<void>): ObjectStore => ({
    name: store.name,
    async get(key, range) {
      if (key === ERASURES_KEY) await act()
      return store.get(key, range)
    },
    head: (key) => store.head(key),
    put: (key, body, condition) => store.put(key, body, condition),
    list: (prefix, from) => store.list(prefix, from),
    remove: (key) => store.remove(key),
    patch: (key, patches) => store.patch(key, patches),
    keepsVersions: () => store.keepsVersions(),
    sweep: (at) => store.sweep(at),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  })

  it('has the same bytes while the archive grows, is sealed and erased', async () => {
    await using at = await place(1100)
    await at.append(0, 3)
    await at.erase(1)
    await at.checkCopy()
    for (let item = 3; item < 15; item += 3) {
      await at.append(item, item + 3)
      await at.erase(item - 1)
      await at.checkCopy()
      assert.equal(await shippedLeaves(at.store), at.archive.size)
    }
  })

  it('has no hole where a measurement was shipped and erased while a round was under way', async () => {
    await using at = await place(1_000_000)
    await at.append(0, 3)
    const act = async (): Promise<void> => {
      await at.append(3, 8)
      await at.erase(6)
    }
    await mirrorArchive(meanwhile(at, act), at.copy)
    await at.checkCopy()
  })

  it('lacks nothing of a segment that was sealed, and erased in, while a round was under way', async () => {
    await using at = await place(1100)
    await at.append(0, 1)
    const act = async (): Promise<void> => {
      await at.append(1, 12)
      await at.erase(0)
    }
    await mirrorArchive(meanwhile(at, act), at.copy)
    await at.checkCopy()
  })

  it('ends with its signal', async () => {
    await using at = await place(1100)
    await at.append(0, 9)
    await assert.rejects(mirrorArchive(at.store, at.copy, AbortSignal.abort(new Error('stopped'))), /stopped/)
  })
})
