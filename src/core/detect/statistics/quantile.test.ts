import assert from 'node:assert/strict'
import { it } from 'node:test'
import { median, quantile, quantileSorted } from './quantile.ts'

it('quantile() interpolates linearly between the two neighbours', () => {
  assert.equal(quantile([4, 1, 3, 2], 0.25), 1.75)
  assert.equal(quantile([10, 0], 0.99), 9.9)
  assert.equal(quantile([7], 0.3), 7)
})

it('quantile() of nothing is no number', () => assert.ok(Number.isNaN(quantile([], 0.5))))

it('quantileSorted() keeps infinite ends infinite', () => {
  assert.equal(quantileSorted([1, Infinity, Infinity], 0.9), Infinity)
})

it('median() of an even count is the middle of the two middle numbers, and leaves its argument as it is', () => {
  const values = [9, 1, 4, 2]
  assert.equal(median(values), 3)
  assert.deepEqual(values, [9, 1, 4, 2])
})
