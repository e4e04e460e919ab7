import { it } from 'node:test'
import assert from 'node:assert/strict'
import { createRandom } from './random.ts'

const draws = (seed: number, label: string): readonly number[] => {
  const random = createRandom(seed, label)
  return Array.from({ length: 2000 }, () => random.next())
}

it('createRandom() gives the same stream for the same seed and label only', () => {
  assert.deepEqual(draws(1, 'a'), draws(1, 'a'))
  assert.notDeepEqual(draws(1, 'a'), draws(1, 'b'))
  assert.notDeepEqual(draws(1, 'a'), draws(2, 'a'))
})

it('next() spreads evenly over ten bins', () => {
  const bins = Array<number>(10).fill(0)
  for (const value of draws(3, 'even')) bins[Math.floor(value * 10)]!++ // value lies in [0, 1)
  for (const count of bins) assert.ok(count > 140 && count < 260, bins.join(' '))
})

it('pick() refuses an empty list', () => {
  assert.throws(() => createRandom(1, 'x').pick([]), RangeError)
})

it('shuffle() keeps every item', () => {
  assert.deepEqual(
    createRandom(1, 'x')
      .shuffle([1, 2, 3, 4])
      .toSorted((a, b) => a - b),
    [1, 2, 3, 4],
  )
})
