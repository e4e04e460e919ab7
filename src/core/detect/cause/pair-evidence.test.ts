import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { PAIRS_LOG10 } from '../../model/incident/cause.ts'
import { pairEvidence } from '../statistics/pair-process.ts'
import { hourEvidence, pairsShown, STARTS, type WeighedPair } from './pair-evidence.ts'

const window = { from: 20 * HOUR_MS + 5 * MINUTE_MS, until: 23 * HOUR_MS }
const long = { ...window, until: 33 * HOUR_MS }
const seen = (minutes: number, device = 'a', discordant: WeighedPair['discordant'] = 'named'): WeighedPair => ({
  at: 20 * HOUR_MS + minutes * MINUTE_MS,
  device,
  ...(discordant && { discordant }),
})

describe('pairsShown()', () => {
  it('counts of each device one discordant pair an hour, the first', () => {
    const found = pairsShown([seen(30, 'a', 'control'), seen(10), seen(20), seen(70), seen(15, 'b')], window)
    assert.equal(found?.discordant, 3)
    assert.equal(found.named, 3)
    // Two of one hour fall the same way with 3 / 8 where their correlation is .5, and with 1 / 4 where it is none.
    assert.ok(Math.abs(found.log10E - (pairEvidence(3, 3) - Math.log10(1.5) - Math.log10(STARTS))) < 1e-12)
  })

  it('begins with the hour in which the incident begins, and ends with it', () => {
    assert.equal(pairsShown([seen(-1), seen(0), seen(181)], window)?.discordant, 1)
    assert.equal(pairsShown([seen(-1), { at: window.from, device: 'a' }], window), undefined)
  })

  it('takes all unknown devices for one', () => {
    assert.equal(pairsShown([seen(1, ''), seen(2, ''), seen(3, '')], window)?.discordant, 1)
  })

  it('shows nothing in few pairs, or where either half fails as often', () => {
    const many = (half: (at: number) => WeighedPair['discordant']): readonly WeighedPair[] =>
      Array.from({ length: 24 }, (_, at) => seen(1 + (at % 12) * 60, `${Math.floor(at / 12)}`, half(at)))
    assert.ok(
      (pairsShown(
        many(() => 'named'),
        long,
      )?.log10E ?? 0) > PAIRS_LOG10,
    )
    assert.ok(
      (pairsShown(
        many((at) => (at % 2 === 0 ? 'named' : 'control')),
        long,
      )?.log10E ?? 0) < 0,
    )
    assert.ok((pairsShown([seen(1), seen(1, 'b')], window)?.log10E ?? 0) < 0)
  })

  it('counts pairs of one hour for less than the same pairs in different hours: a shock may turn them all', () => {
    const devices = Array.from({ length: 12 }, (_, at) => `${at}`)
    const together = pairsShown(
      devices.map((device) => seen(1, device)),
      window,
    )
    const apart = pairsShown(
      devices.map((device, hour) => seen(1 + hour * 60, device)),
      long,
    )
    assert.equal(together?.named, 12)
    assert.equal(apart?.named, 12)
    assert.ok((together.log10E ?? 0) < 0)
    assert.ok(Math.abs((apart.log10E ?? 0) - (pairEvidence(12, 12) - Math.log10(STARTS))) < 1e-12)
  })

  for (const rho of [0.2, 0.5])
    it(`has a mean of at most 1 over all that one hour may give where its coins have a correlation of ${rho}`, () => {
      const n = 6
      const a = (1 / rho - 1) / 2
      let mean = 0
      for (let named = 0; named <= n; named++) {
        let p = 1
        for (let k = 0; k < n; k++) p *= (k < named ? a + k : a + k - named) / (2 * a + k)
        for (let k = 0; k < named; k++) p *= (n - k) / (k + 1) // as many orders
        mean += p * 10 ** hourEvidence([{ named, n }])
      }
      assert.ok(mean <= 1 + 1e-9, `${mean}`)
    })
})
