import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { flipGreaterP } from './flip.ts'
import { hodgesLehmann } from './hodges-lehmann.ts'
import { kolmogorovAsymptoticP, kolmogorovDistance, kolmogorovExactP } from './kolmogorov.ts'
import { mannWhitneyU } from './rank.ts'

const close = (found: number, expected: number, error = 1e-9): void =>
  assert.ok(Math.abs(found - expected) < error, `${found} is not ${expected}`)
const noDraws = { next: (): number => assert.fail('an exact test draws nothing') }

// Expected values: scipy 1.17.
it('the exact two-sample Kolmogorov–Smirnov p is that of scipy', () => {
  close(kolmogorovExactP(kolmogorovDistance([1, 2, 3, 4, 5, 6, 0], [2.5, 3.5, 8, 9, 10]), 7, 5), 0.16666666666666663)
  assert.equal(kolmogorovExactP(0, 5, 5), 1)
})

it('the asymptotic p follows the one-sample law at the effective size', () => {
  // m = n = 2 k gives an effective size of k.
  for (const [d, n, p] of [
    [0.2, 11, 0.7009867391725082],
    [0.3, 11, 0.22523905881721096],
    [0.5, 11, 0.004565178595441963],
    [0.1, 100, 0.2526927570063874],
    [0.15, 100, 0.019839242125643017],
    [0.08, 400, 0.0112799], // scipy itself approximates here
  ] as const)
    close(kolmogorovAsymptoticP(d, 2 * n, 2 * n), p, n > 140 ? 1e-7 : 1e-9)
  close(kolmogorovAsymptoticP(0.03, 1800, 1800), 0.3851661801951911, 4e-3)
})

it('Mann and Whitney count a tie as one half', () => {
  assert.equal(mannWhitneyU([1, 2, 2, 3, 5, 7, 7], [1, 1, 2, 4, 4]), 24)
})

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
