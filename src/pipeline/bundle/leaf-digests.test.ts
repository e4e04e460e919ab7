import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inventedLeaf, LeafArchive } from '../../../test/kit/stores/leaf-archive.ts'
import { parseLeafRecord } from '../../core/evidence/log/leaf-record.ts'
import { Fault } from '../../core/model/errors.ts'
import { openLeafDigests } from './leaf-digests.ts'

describe('openLeafDigests()', () => {
  it('gives the digest of each leaf, also in another order and of one that came meanwhile', async () => {
    const archive = new LeafArchive()
    archive.growTo(20_000)
    const publicOf = openLeafDigests(archive)
    for (const leaf of [0, 8191, 8192, 3, 19_999, 16_384])
      assert.equal(await publicOf(leaf), parseLeafRecord(inventedLeaf(leaf)).public)
    await assert.rejects(publicOf(20_000), Fault)
    archive.growTo(20_001)
    assert.equal(await publicOf(20_000), parseLeafRecord(inventedLeaf(20_000)).public)
  })
})
