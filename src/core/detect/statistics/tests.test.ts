import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { flipGreaterP } from './flip.ts'
import { hodgesLehmann } from './hodges-lehmann.ts'

const close = (found: number, expected: number, error = 1e-9): void =>
  assert.ok(Math.abs(found - expected) < error, `${found} is not ${expected}`)
const noDraws = { next: (): number => assert.fail('an exact test draws nothing') }

// Expected values: scipy 1.17.
it('Hodges–Lehmann gives the median of all averages of two and the interval of the signed ranks', () => {
  const { value, low, high } = hodgesLehmann([0.5, -0.2, 1.1, 0.7, -0.1, 0.9, 0.35, 2.2])
  close(value, 0.6125)
  close(low, 0.075)
  close(high, 1.45)
})

it('Hodges–Lehmann of fewer than six values has their whole range as interval', () => {
  assert.deepEqual(hodgesLehmann([3]), { value: 3, low: 3, high: 3 })
  const { low, high } = hodgesLehmann([1, 5, 2])
  assert.deepEqual([low, high], [1, 5])
})

it('Hodges–Lehmann agrees with the plain list of averages', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 30 }), (values) => {
      const averages = values.flatMap((x, i) => values.slice(i).map((y) => (x + y) / 2)).sort((a, b) => a - b)
      const middle = (averages.length - 1) / 2
      const expected = (averages[Math.floor(middle)]! + averages[Math.ceil(middle)]!) / 2
      const found = hodgesLehmann(values)
      close(found.value, expected)
      assert.ok(found.low <= found.value && found.value <= found.high)
    }),
    { numRuns: 60 },
  )
})

it('the flip test cannot go below 2⁻ⁿ and reaches it when all clusters agree', () => {
  assert.equal(flipGreaterP([1, 2, 0.5], noDraws), 1 / 8)
  assert.equal(flipGreaterP([1, 1, 1, 1, 1, 1, 1], noDraws), 1 / 128)
  assert.equal(flipGreaterP([-1, -2], noDraws), 1)
  assert.equal(flipGreaterP([], noDraws), 1)
})

it('the flip test over more than twelve clusters draws, and nears the exact figure', () => {
  let state = 7
  const draws = { next: () => (state = (state * 16807) % 2147483647) / 2147483647 }
  const p = flipGreaterP([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1], draws)
  close(p, 378 / 8192, 0.01) // P(at least 10 of 13 signs agree) = (286 + 78 + 13 + 1)/2¹³
})
