import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { betaQuantile, incompleteBeta } from './beta.ts'
import { lnChoose, lnGamma } from './gamma.ts'
import { normalCdf, normalQuantile } from './normal.ts'

function near(found: number, expected: number, relative = 1e-12): void {
  const error = Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-300)
  assert.ok(found === expected || error < relative, `${found} is not ${expected}`)
}

// Expected values: scipy 1.17.
it('lnGamma() agrees with scipy from a thousandth to a hundred thousand', () => {
  near(lnGamma(1e-3), 6.907178885383853)
  near(lnGamma(0.3), 1.0957979948180756)
  near(lnGamma(1.5), -0.12078223763524526)
  near(lnGamma(10), 12.801827480081469)
  near(lnGamma(1e5), 1051287.7089736569)
})

it('lnChoose() counts ways to choose', () => {
  near(Math.exp(lnChoose(10, 3)), 120)
  assert.equal(lnChoose(5, 0), 0)
  assert.equal(lnChoose(5, 6), -Infinity)
})

it('incompleteBeta() agrees with scipy', () => {
  near(incompleteBeta(0.01, 0.5, 0.5), 0.06376856085851985)
  near(incompleteBeta(0.5, 2, 3), 0.6875)
  near(incompleteBeta(0.9, 50, 4), 0.21053171721902678)
  near(incompleteBeta(0.3, 1000, 2500), 0.9684219902784668, 1e-11)
  near(incompleteBeta(1e-5, 0.01, 3), 0.9046640856116698)
})

it('betaQuantile() agrees with scipy', () => {
  near(betaQuantile(0.025, 0.5, 30.5), 1.6231861223464347e-5)
  near(betaQuantile(0.975, 13.5, 5.5), 0.8852240684430391)
  near(betaQuantile(1e-6, 2, 2), 0.0005774614337920399)
  near(betaQuantile(0.5, 1e4, 3e4), 0.24999583329989825)
})

it('betaQuantile() undoes incompleteBeta()', () => {
  const shape = fc.double({ min: 2, max: 300, noNaN: true }) // below 1 the law is too steep at its ends for doubles
  fc.assert(
    fc.property(shape, shape, fc.double({ min: 1e-4, max: 0.9999, noNaN: true }), (a, b, p) => {
      assert.ok(Math.abs(incompleteBeta(betaQuantile(p, a, b), a, b) - p) < 1e-10)
    }),
    { numRuns: 100 },
  )
})

it('normalQuantile() and normalCdf() agree with scipy', () => {
  near(normalQuantile(1e-12), -7.034483825301131)
  near(normalQuantile(0.025), -1.9599639845400545)
  assert.equal(normalQuantile(0.5), 0)
  near(normalQuantile(0.999999), 4.753424308817087, 1e-10)
  near(normalCdf(-8), 6.22096057427174e-16)
  near(normalCdf(-3.1), 0.0009676032132183563)
  near(normalCdf(-2.9), 0.0018658133003840375)
  near(normalCdf(2), 0.9772498680518208)
})
