import assert from 'node:assert/strict'
import { copyFile, cp, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { lifeItem } from '../../../../test/kit/stores/archive-life.ts'
import { LEAF_CODEC } from '../../../core/evidence/log/leaf-record.ts'
import { Fault } from '../../../core/model/errors.ts'
import { instant } from '../../../core/model/units.ts'
import type { Archive, Archived } from '../contract.ts'
import { eraseRestored } from '../copies/restored-archive.ts'
import { layoutOf } from '../layout.ts'
import { openArchive } from '../open.ts'
import { openReadArchive } from '../read-segments.ts'
import { REAL_DISK, type Disk } from '../../../runtime/files/disk.ts'
import { verifyArchive } from '../verify.ts'
import { RowsFile } from './rows-file.ts'

const ITEMS = 12
const open = (folder: string): Promise<Archive> =>
  openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 4 })
const rowsOf = (leaves: readonly number[]) => leaves.map((leaf) => [leaf, `{"kept":${leaf}}`] as const)

async function countsOf(folder: string): Promise<Record<string, number>> {
  const counts = { ok: 0, erased: 0, thinned: 0, corrupt: 0, unfinished: 0 }
  for await (const { kind } of verifyArchive(folder, { leaves: LEAF_CODEC })) counts[kind]++
  return counts
}

describe('a segment that is thinned', () => {
  let root = ''
  let nth = 0
  before(async () => (root = await mkdtemp(join(tmpdir(), 'kuager-thin-segment-'))))
  after(() => rm(root, { recursive: true }))
  const filled = async (): Promise<string> => {
    const folder = join(root, String(nth++))
    await using archive = await open(folder)
    for (let item = 0; item < ITEMS; item++) await archive.append([lifeItem(item)])
    return folder
  }

  it('loses bytes, keeps rows, ids and salts, is thinned again, and readers go on meanwhile', async () => {
    const folder = await filled()
    const layout = layoutOf(folder)
    const size = async (): Promise<number> => (await stat(layout.segment(1))).size
    {
      await using archive = await open(folder)
      const reader = await openReadArchive(folder)
      const whole = await size()
      const before = await archive.readLeaf(1)
      const scanning: AsyncIterator<Archived> = archive.scan(0)[Symbol.asyncIterator]()
      const first = await scanning.next()
      assert.equal(first.done === true ? undefined : first.value.leafIndex, 0)
      assert.equal(await archive.thin({ segment: 1, at: instant(6), rows: rowsOf([1]) }), 1)
      const once = await size()
      assert.ok(once < whole)
      assert.equal(await archive.thin({ segment: 1, at: instant(7), rows: rowsOf([0, 1]) }), 1, 'once only')
      assert.ok((await size()) < once)
      const second = await scanning.next()
      assert.equal(
        second.done === true ? undefined : second.value.kind,
        'blob',
        'a reader of the old file goes on in it',
      )
      await scanning.return?.()
      const found = await archive.readLeaf(1)
      assert.ok(before?.kind === 'blob' && found?.kind === 'thinned')
      assert.deepEqual([found.provenance, found.salt], [before.provenance, before.salt])
      assert.equal(found.thinnedAt, 6)
      assert.equal(await archive.keptRows(0), '{"kept":0}')
      assert.equal(await archive.keptRows(2), undefined)
      assert.equal((await archive.append([lifeItem(1)]))[0]?.kind, 'known')
      assert.deepEqual(
        archive.thinned.map(({ at, months }) => [at, months]),
        [
          [6, { '1970-01': 1 }],
          [7, { '1970-01': 1 }],
        ],
      )
      await reader.follow()
      assert.equal((await reader.readLeaf(1))?.kind, 'thinned')
      assert.equal((await reader.readLeaf(2))?.kind, 'blob')
      await assert.rejects(
        archive.thin({ segment: archive.fullSegments.length + 1, at: instant(8), rows: rowsOf([11]) }),
        Fault,
      )
    }
    assert.deepEqual(await countsOf(folder), { ok: ITEMS - 2, erased: 0, thinned: 2, corrupt: 0, unfinished: 0 })
    await using again = await open(folder)
    assert.equal((await again.readLeaf(0))?.kind, 'thinned')
    assert.equal(await again.leafOf(lifeItem(0).provenance.id), 0)
  })

  it('is erased in like another, before and after it was thinned', async () => {
    const folder = await filled()
    {
      await using archive = await open(folder)
      await archive.erase(lifeItem(1).provenance.id, 'a right', instant(5))
      await archive.thin({ segment: 1, at: instant(6), rows: rowsOf([0, 1, 2]) })
      await archive.erase(lifeItem(2).provenance.id, 'a right', instant(7))
      assert.equal(await archive.keptRows(2), undefined)
      assert.equal((await archive.append([lifeItem(2)]))[0]?.kind, 'barred')
    }
    assert.deepEqual(await countsOf(folder), { ok: ITEMS - 3, erased: 2, thinned: 1, corrupt: 0, unfinished: 0 })
    const bytes = await readFile(layoutOf(folder).segment(1))
    assert.equal(bytes.indexOf('origin-2'), -1)
    assert.notEqual(bytes.indexOf('origin-0'), -1)
  })

  it('says nothing of a person who is erased while it is judged, and a copy with the whole segment has the same bytes', async () => {
    const folder = await filled()
    const layout = layoutOf(folder)
    const [segment, log] = [layout.segment(1), layout.erasures]
    let whole = Buffer.alloc(0)
    {
      await using archive = await open(folder)
      const rows = async function* (): AsyncGenerator<readonly [number, string]> {
        yield [0, '{"kept":0}']
        yield [1, '{"kept":1}']
        await archive.erase(lifeItem(1).provenance.id, 'a right', instant(5))
        whole = await readFile(segment)
      }
      assert.equal(await archive.thin({ segment: 1, at: instant(6), rows: rows() }), 1)
      assert.equal(archive.isThinned(1), false)
      assert.equal(await archive.thin({ segment: 1, at: instant(7), rows: rowsOf([2]) }), 1)
    }
    const kept = await RowsFile.open(layout.rows(1))
    assert.equal(kept?.of(1), undefined)
    assert.equal(kept?.of(0), '{"kept":0}')
    const counts = { ok: ITEMS - 3, erased: 1, thinned: 2, corrupt: 0, unfinished: 0 }
    assert.deepEqual(await countsOf(folder), counts)
    const [bytes, text] = [await readFile(segment), await readFile(log)]
    // A copy of before both thinnings: each leaf gets the time of its own.
    await writeFile(segment, whole)
    await rm(layout.sidecar(1))
    {
      await using archive = await open(folder)
      const found = await archive.readLeaf(0)
      assert.equal(found?.kind === 'thinned' ? found.thinnedAt : undefined, 6)
      assert.equal((await archive.readLeaf(1))?.kind, 'erased')
    }
    assert.deepEqual(await readFile(segment), bytes)
    assert.deepEqual(await readFile(log), text)
    assert.deepEqual(await countsOf(folder), counts)
  })

  it('does nothing where each of its measurements is erased meanwhile', async () => {
    const folder = await filled()
    await using archive = await open(folder)
    const rows = async function* (): AsyncGenerator<readonly [number, string]> {
      yield [1, '{"kept":1}']
      await archive.erase(lifeItem(1).provenance.id, 'a right', instant(5))
    }
    assert.equal(await archive.thin({ segment: 1, at: instant(6), rows: rows() }), 0)
    assert.deepEqual(archive.thinned, [])
  })

  it('is read again where an erasure overwrites a record while it is read', async () => {
    const folder = await filled()
    let erase: (() => Promise<void>) | undefined
    let reads = 0
    const disk: Disk = {
      ...REAL_DISK,
      async open(path, mode) {
        const file = await REAL_DISK.open(path, mode)
        if (!path.endsWith('00000001.segment') || mode !== 'read' || erase === undefined) return file
        return {
          path: file.path,
          size: () => file.size(),
          async read(bytes, offset) {
            const isFirst = reads++ === 0
            if (isFirst) await erase?.()
            const found = await file.read(bytes, offset)
            // What a read meets in the midst of an overwriting.
            if (isFirst) bytes.fill(0)
            return found
          },
          write: (bytes, offset) => file.write(bytes, offset),
          truncate: (size) => file.truncate(size),
          sync: () => file.sync(),
          close: () => file.close(),
        }
      },
    }
    {
      await using archive = await openArchive(folder, { leaves: LEAF_CODEC, segmentBytes: 1100, runLeaves: 4, disk })
      erase = () => archive.erase(lifeItem(1).provenance.id, 'a right', instant(5))
      assert.equal(await archive.thin({ segment: 1, at: instant(6), rows: rowsOf([0, 1]) }), 1)
    }
    assert.ok(reads > 1)
    assert.deepEqual(await countsOf(folder), { ok: ITEMS - 2, erased: 1, thinned: 1, corrupt: 0, unfinished: 0 })
  })

  it('is found by "verify" where the log does not say it, or says it of whole bytes', async () => {
    const folder = await filled()
    const [whole, thinned] = [join(root, 'whole'), join(root, 'thinned')]
    await cp(folder, whole, { recursive: true })
    {
      await using archive = await open(folder)
      await archive.thin({ segment: 1, at: instant(6), rows: rowsOf([0, 1]) })
    }
    await cp(folder, thinned, { recursive: true })
    await copyFile(layoutOf(whole).erasures, layoutOf(thinned).erasures)
    assert.equal((await countsOf(thinned))['corrupt'], 2)
    await copyFile(layoutOf(whole).segment(1), layoutOf(folder).segment(1))
    assert.equal((await countsOf(folder))['corrupt'], 2)
    // A copy that has the line, the rows and the whole bytes does it again.
    await rm(layoutOf(folder).sidecar(1))
    {
      await using archive = await open(folder)
      assert.equal((await archive.readLeaf(1))?.kind, 'thinned')
    }
    assert.equal((await countsOf(folder))['corrupt'], 0)
    await copyFile(layoutOf(whole).segment(1), layoutOf(folder).segment(1))
    await rm(layoutOf(folder).rows(1))
    await assert.rejects(open(folder), /was thinned by the log of erasures/)
  })

  it('is restored whole from a copy that is older than its thinning, with later erasures done', async () => {
    const folder = await filled()
    const older = join(root, 'older')
    await cp(folder, older, { recursive: true })
    {
      await using archive = await open(folder)
      await archive.thin({ segment: 1, at: instant(6), rows: rowsOf([0, 1, 2]) })
      await archive.erase(lifeItem(2).provenance.id, 'a right', instant(7))
      await archive.erase(lifeItem(3).provenance.id, 'a right', instant(8))
    }
    const later = await readFile(layoutOf(folder).erasures)
    assert.deepEqual(await eraseRestored(older, { leaves: ITEMS, later }), { erased: 2, leftOut: 0 })
    assert.deepEqual(await countsOf(older), { ok: ITEMS - 2, erased: 2, thinned: 0, corrupt: 0, unfinished: 0 })
    await using archive = await open(older)
    assert.equal((await archive.readLeaf(0))?.kind, 'blob')
    // The copy of today keeps what was thinned in it.
    assert.deepEqual(await eraseRestored(folder, { leaves: ITEMS }), { erased: 2, leftOut: 0 })
    assert.deepEqual(await countsOf(folder), { ok: ITEMS - 4, erased: 2, thinned: 2, corrupt: 0, unfinished: 0 })
    await using today = await open(folder)
    assert.equal((await today.readLeaf(1))?.kind, 'thinned')
  })
})
