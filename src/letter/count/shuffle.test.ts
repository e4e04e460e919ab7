import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { shuffle } from './shuffle.ts'

describe('shuffle()', () => {
  it('keeps every item once', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { maxLength: 600 }), (list) => {
        const shuffled = shuffle(list, (length) => randomBytes(length))
        assert.deepEqual(
          shuffled.sort((a, b) => a - b),
          [...list].sort((a, b) => a - b),
        )
      }),
    )
  })

  it('gives each of six orders as often as the others', () => {
    const orders = new Map<string, number>()
    const rounds = 12_000
    for (let round = 0; round < rounds; round++) {
      const order = shuffle(['a', 'b', 'c'], (length) => randomBytes(length)).join('')
      orders.set(order, (orders.get(order) ?? 0) + 1)
    }
    // Chi-squared with five degrees of freedom: beyond 40 once in ten million runs.
    const expected = rounds / 6
    const chi = [...orders.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    assert.equal(orders.size, 6)
    assert.ok(chi < 40, `chi squared ${chi}`)
  })

  it('draws again what would favour some', () => {
    const draws = [0xffff_ffff, 2, 0xffff_ffff, 0, 0]
    const shuffled = shuffle([1, 2, 3], (length) => {
      const bytes = Buffer.alloc(length)
      draws.forEach((draw, nth) => bytes.writeUInt32BE(draw, 4 * nth))
      return bytes
    })
    // 2^32 − 1 is beyond the last multiple of three, and within that of two.
    assert.deepEqual(shuffled, [1, 2, 3])
  })
})
