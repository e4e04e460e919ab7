import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
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
import { verifyArchive } from '../verify.ts'
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
    thin(segment: number, leaves: readonly number[]): Promise<void>
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
      async thin(segment, leaves) {
        await archive.thin({ segment, at: instant(6), rows: leaves.map((leaf) => [leaf, `{"kept":${leaf}}`]) })
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

  it('has what was thinned, also while a round was under way, and opens at any time', async () => {
    await using at = await place(1100)
    await at.append(0, 12)
    await mirrorArchive(at.store, at.copy)
    await at.thin(1, [0, 2])
    await at.checkCopy()
    await at.erase(2)
    await at.checkCopy()
    const act = async (): Promise<void> => {
      if (!at.archive.isThinned(1)) await at.thin(1, [1])
    }
    await mirrorArchive(meanwhile(at, act), at.copy)
    {
      // It takes over now: what the log of erasures says is done here.
      await writeFile(join(at.copy, 'erasure.key'), Buffer.alloc(32))
      await using copy = await openArchive(at.copy, { leaves: LEAF_CODEC, segmentBytes: 1100 })
      assert.equal((await copy.readLeaf(1))?.kind, 'thinned')
      assert.equal(await copy.keptRows(1), '{"kept":1}')
      assert.equal((await copy.readLeaf(3))?.kind, 'blob')
    }
    const counts = { ok: 0, erased: 0, thinned: 0, corrupt: 0, unfinished: 0 }
    for await (const { kind } of verifyArchive(at.copy, { leaves: LEAF_CODEC })) counts[kind]++
    assert.deepEqual(counts, { ok: 9, erased: 1, thinned: 2, corrupt: 0, unfinished: 0 })
  })

  it('ends with its signal', async () => {
    await using at = await place(1100)
    await at.append(0, 9)
    await assert.rejects(mirrorArchive(at.store, at.copy, AbortSignal.abort(new Error('stopped'))), /stopped/)
  })
})
