import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { backoff } from './backoff.ts'

describe('backoff()', () => {
  it('doubles from the first pause up to the longest', () => {
    assert.deepEqual(
      [1, 2, 3, 4, 5, 1000].map((failures) => backoff(failures, { first: 10, longest: 70 })),
      [10, 20, 40, 70, 70, 70],
    )
  })

  it('stays between the two factors of the jitter', () => {
    const failures = fc.integer({ min: 1, max: 1000 })
    const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    fc.assert(
      fc.property(failures, chance, (count, drawn) => {
        const options = { first: 1000, longest: 60_000 }
        const plain = backoff(count, options)
        const pause = backoff(count, { ...options, jitter: [0.75, 1.25], random: () => drawn })
        return pause >= 0.75 * plain && pause <= 1.25 * plain
      }),
    )
  })
})
