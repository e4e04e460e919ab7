import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import { Fault } from '../../../core/model/errors.ts'
import { instant } from '../../../core/model/units.ts'
import { ThinnedLeaves, bitmapOf, decodeThinning, encodeThinning, type Thinning } from './thinned-leaves.ts'

const LEAVES = 10
const thinningOf = (segment: number, leaves: readonly number[], at = 6): Thinning => {
  const firstLeaf = (segment - 1) * LEAVES
  const bitmap = bitmapOf(leaves, { firstLeaf, count: LEAVES })
  return { at: instant(at), segment, firstLeaf, leaves: LEAVES, segmentBytes: 900, bitmap, months: {}, moved: [] }
}

describe('leaves that were thinned', () => {
  it('are found in segments that were thinned in any order, more than once, each with its own time', () => {
    const thinned = new ThinnedLeaves()
    for (const one of [thinningOf(5, [41]), thinningOf(2, [10, 19], 7), thinningOf(9, [85]), thinningOf(2, [12], 8)])
      thinned.add(one)
    const found = Array.from({ length: 100 }, (_, leaf) => leaf).filter((leaf) => thinned.has(leaf))
    assert.deepEqual(found, [10, 12, 19, 41, 85])
    assert.deepEqual([thinned.atOf(10), thinned.atOf(12), thinned.atOf(41), thinned.atOf(40)], [7, 8, 6, undefined])
  })

  it('are read as they were written, and refused as anything else', () => {
    const whole = { ...thinningOf(2, [12]), months: { '2024-05': 1 }, moved: [[11, 300]] as const }
    const line = JSON.parse(JSON.stringify(encodeThinning(whole))) as Record<string, unknown>
    assert.deepEqual(decodeThinning(line), whole)
    const zipped = (bytes: number): string => deflateRawSync(Buffer.alloc(bytes)).toString('base64')
    for (const wrong of [
      { at: -1 },
      { at: 'today' },
      { segment: 0 },
      { leaves: 2 ** 40 },
      { leaves: 17 },
      { months: { may: 1 } },
      { months: [] },
      { moved: [[1]] },
      { moved: null },
      { more: 1 },
      { bitmap: '!' },
      { bitmap: zipped(1) },
      { bitmap: zipped(64 * 1024 * 1024) },
    ])
      assert.throws(() => decodeThinning({ ...line, ...wrong }), Fault, JSON.stringify(wrong).slice(0, 60))
  })
})
