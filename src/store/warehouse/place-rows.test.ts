import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { judged } from '../../../test/kit/measured/judged.ts'
import { Fault } from '../../core/model/errors.ts'
import { seconds } from '../../core/model/units.ts'
import type { Judged } from './contract.ts'
import { placeRows } from './place-rows.ts'
import { encodeRows } from './rows.ts'

/** Measurements with as many observations each as the list says. */
const batchOf = (counts: readonly number[], leafOf: (row: number) => number): Judged[] =>
  counts.map((count, row) => ({
    ...judged({ leafIndex: row }),
    leafIndex: leafOf(row),
    observations: Array.from({ length: count }, () => ({
      kind: 'throughput' as const,
      source: '/test_keys',
      side: 'probe' as const,
      hop: 0,
      part: 'url',
      direction: 'down' as const,
      bytes: 1,
      duration: seconds(1),
    })),
  }))

describe('placeRows()', () => {
  it('gives the very bytes that rows encoded with their leaves have', () => {
    const counts = fc.array(fc.nat(4), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(counts, fc.nat(2 ** 50), fc.integer({ min: 1, max: 9 }), (list, base, stride) => {
        const leafOf = (row: number): number => base + row * stride
        const placed = placeRows(
          encodeRows(batchOf(list, (row) => row)),
          list.map((_, row) => leafOf(row)),
        )
        assert.deepEqual(placed, encodeRows(batchOf(list, leafOf)))
      }),
    )
  })

  it('refuses rows that have no leaf', () => {
    const rows = encodeRows(batchOf([1, 1], (row) => row))
    assert.throws(() => placeRows(rows, [7]), Fault)
  })

  it('refuses a block that begins with another column', () => {
    const rows = encodeRows(batchOf([1], (row) => row))
    rows.verdicts.bytes[3] = 0
    assert.throws(() => placeRows(rows, [7]), Fault)
  })
})
