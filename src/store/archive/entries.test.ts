import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { lifeItem } from '../../../test/kit/stores/archive-life.ts'
import { LEAF_CODEC, parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { InputError } from '../../core/model/errors.ts'
import { instant, parseSha256 } from '../../core/model/units.ts'
import type { Archive } from './contract.ts'
import { openArchive } from './open.ts'
import { entryId } from './record.ts'
import { verifyArchive } from './verify.ts'

const hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const AT = instant(7)
const bytesOf = (text: string): Buffer => Buffer.from(text)

async function leavesOf(archive: Archive, from: number, until: number): Promise<readonly Uint8Array[]> {
  const leaves: Uint8Array[] = []
  for await (const leaf of archive.leaves(from, until)) leaves.push(leaf)
  return leaves
}

describe('An archive with entries that are no measurements', () => {
  let folder = ''
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'kuager-entries-'))))
  afterEach(() => rm(folder, { recursive: true }))
  const open = (segmentBytes = 2000): Promise<Archive> => openArchive(folder, { leaves: LEAF_CODEC, segmentBytes })

  it('gives each back by its leaf, with a leaf record of its kind, also after it was opened again', async () => {
    {
      await using archive = await open()
      await archive.append([lifeItem(0)])
      assert.deepEqual(await archive.appendEntry('frozen-events', bytesOf('{"a":1}'), AT), { leafIndex: 1 })
      await archive.append([lifeItem(1)])
    }
    await using archive = await open()
    const found = await archive.readLeaf(1)
    assert.ok(found?.kind === 'entry')
    assert.equal(found.entry, 'frozen-events')
    assert.equal(found.receivedAt, AT)
    assert.equal(Buffer.from(found.bytes).toString(), '{"a":1}')
    const leaves = await leavesOf(archive, 0, 9)
    assert.equal(leaves.length, 3)
    assert.deepEqual(parseLeafRecord(leaves[1] ?? new Uint8Array()), {
      kind: 'frozen-events',
      original: hex(Buffer.concat([found.salt, found.bytes])),
      public: hex(found.bytes),
      size: 7,
    })
    assert.equal(await archive.leafOf(lifeItem(1).provenance.id), 2)
    assert.equal(await archive.leafOf(parseSha256('0'.repeat(64))), undefined)
    assert.equal((await archive.readLeaf(2))?.kind, 'blob')
    assert.equal(await archive.readLeaf(3), undefined)
  })

  it('keeps the same bytes of a kind once, asked at once or later, and apart from another kind', async () => {
    await using archive = await open()
    const twice = await Promise.all([1, 2].map(() => archive.appendEntry('custody-event', bytesOf('x'), AT)))
    assert.deepEqual(twice, [{ leafIndex: 0 }, { leafIndex: 0 }])
    assert.deepEqual(await archive.appendEntry('custody-event', bytesOf('x'), AT), { leafIndex: 0 })
    assert.deepEqual(await archive.appendEntry('saved-check', bytesOf('x'), AT), { leafIndex: 1 })
    assert.equal(archive.size, 2)
  })

  it('does not erase an entry, and goes on', async () => {
    await using archive = await open()
    await archive.appendEntry('custody-event', bytesOf('x'), AT)
    const id = parseSha256(entryId('custody-event', bytesOf('x')).toString('hex'))
    await assert.rejects(archive.erase(id, 'a right', AT), InputError)
    await archive.append([lifeItem(0)])
    assert.equal((await archive.readLeaf(0))?.kind, 'entry')
  })

  it('gives leaves of any stretch, over many segments and while it grows', async () => {
    await using archive = await open(50_000)
    const kept: string[] = []
    for (let nth = 0; nth < 40; nth++) {
      const items = Array.from({ length: 60 }, (_, one) => lifeItem(1000 + nth * 60 + one))
      await archive.append(items)
      await archive.appendEntry('custody-event', bytesOf(`entry ${nth}`), AT)
      if (nth % 7 === 0) for await (const leaf of archive.leaves(kept.length, 1e9)) kept.push(hex(leaf))
    }
    const all = (await leavesOf(archive, 0, archive.size)).map(hex)
    assert.equal(all.length, 40 * 61)
    assert.deepEqual(all.slice(0, kept.length), kept)
    for (const [from, until] of [
      [0, 1],
      [1023, 1026],
      [61, 62],
      [2000, 2440],
      [5, 1500],
    ] as const)
      assert.deepEqual((await leavesOf(archive, from, until)).map(hex), all.slice(from, until))
    for await (const finding of verifyArchive(folder, { leaves: LEAF_CODEC, size: archive.size }))
      assert.equal(finding.kind, 'ok')
  })
})
