import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { placeJump } from './place-jump.ts'

describe('placeJump()', () => {
  it('is within the gap and grows with the draw, at any rates', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -50, max: 50, noNaN: true }),
        fc.double({ min: 1e-3, max: 500, noNaN: true }),
        fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }),
        (kappa, length, u) => {
          const at = placeJump(kappa, length, u)
          assert.ok(at >= -1e-9 * length && at <= length * (1 + 1e-9), `${at} of ${length}`)
          assert.ok(placeJump(kappa, length, Math.min(1 - 1e-9, u * 1.01)) >= at - 1e-9 * length)
        },
      ),
    )
  })

  it('has the distribution of exactly one jump: F(t) = (e^(κt) − 1) / (e^(κL) − 1)', () => {
    for (const [kappa, length] of [
      [0.5, 3],
      [-0.4, 10],
      [1e-12, 5],
      [4, 9],
    ] as const)
      // prettier-ignore
      for (const u of [0.03, 0.5, 0.9]) {
        const t = placeJump(kappa, length, u)
        const back = Math.abs(kappa * length) < 1e-9 ? t / length : Math.expm1(kappa * t) / Math.expm1(kappa * length)
        assert.ok(Math.abs(back - u) < 1e-9)
      }
  })
})
