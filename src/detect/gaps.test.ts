import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { defaultSettings } from './default-settings.ts'
import { couldHide } from './gaps.ts'

const HOUR = 3_600_000
const flat = defaultSettings({ onsetHours: Array.from({ length: 24 }, () => 1) })

describe('couldHide()', () => {
  it('is 0 in two hours, for a restriction wholly inside has less than a chance in twenty', () => {
    assert.equal(couldHide(flat, 0, 2 * HOUR), 0)
  })

  it('grows with the gap and never beyond it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), (hours) => {
        const hidden = couldHide(flat, 0, hours * HOUR)
        assert.ok(hidden <= hours * 60)
        assert.ok(hidden <= couldHide(flat, 0, (hours + 10) * HOUR) + 1)
      }),
      { numRuns: 60 },
    )
  })

  it('is the length that the rates give where only one kind begins: λ e^(−μd) (L − d − (1 − e^(−μ(L − d)))/μ) = .05', () => {
    const { rates } = flat
    const one = { ...flat, rates: { ...rates, longOnset: 0 } }
    const L = 72
    const d = couldHide(one, 0, L * HOUR) / 60
    const expected = (length: number): number =>
      rates.shortOnset *
      Math.exp(-rates.shortEnd * length) *
      (L - length - -Math.expm1(-rates.shortEnd * (L - length)) / rates.shortEnd)
    assert.ok(expected(d) >= 0.049 && expected(d + 3 / 60) < 0.0505)
  })
})
