import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRandom } from './random.ts'

const first = (seed: number, count: number): number[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, () => random.next())
}

describe('createRandom()', () => {
  it('gives the same stream for the same seed and another for another', () => {
    assert.deepEqual(first(7, 20), first(7, 20))
    assert.notDeepEqual(first(7, 20), first(8, 20))
    assert.notDeepEqual(first(1_700_000_000_000, 5), first(1_700_000_000_001, 5))
  })

  it('gives draws strictly between 0 and 1 whose mean, variance and serial correlation are those of a uniform', () => {
    const draws = first(42, 100_000)
    assert.ok(draws.every((draw) => draw > 0 && draw < 1))
    const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
    const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
    const serial = draws.slice(1).reduce((sum, draw, k) => sum + (draw - mean) * (draws[k]! - mean), 0) / draws.length // one before each
    assert.ok(Math.abs(mean - 0.5) < 0.005)
    assert.ok(Math.abs(variance - 1 / 12) < 0.002)
    assert.ok(Math.abs(serial / variance) < 0.02)
  })
})
