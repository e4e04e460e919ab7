import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { wilson } from '../../model/measured/wilson.ts'
import { clopperPearson, jeffreys } from './binomial.ts'

const close = (found: readonly number[], expected: readonly number[]): void =>
  found.forEach((value, k) => assert.ok(Math.abs(value - expected[k]!) < 1e-9, `${value} is not ${expected[k]}`))

it('the three intervals of 13 of 18 are those of scipy', () => {
  close(clopperPearson(13, 18), [0.465198034416938, 0.9030507874744693])
  close(wilson(13, 18), [0.4912734343970254, 0.8750024662044601])
  close(jeffreys(13, 18), [0.49398763075801333, 0.8852240684430391])
})

it('no observation leaves everything possible', () => {
  for (const interval of [clopperPearson, wilson, jeffreys]) assert.deepEqual(interval(0, 0), [0, 1])
})

it('every interval holds the observed share, and turns over when passes and failures change places', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, part) => {
      const k = Math.round(part * n)
      for (const interval of [clopperPearson, wilson, jeffreys]) {
        const [low, high] = interval(k, n)
        assert.ok(low <= k / n && k / n <= high)
        close(interval(n - k, n), [1 - high, 1 - low])
      }
    }),
    { numRuns: 50 },
  )
})

it('Clopper–Pearson is at least as wide as Jeffreys', () => {
  const [low, high] = clopperPearson(3, 11)
  const [from, until] = jeffreys(3, 11)
  assert.ok(low < from && until < high)
})
