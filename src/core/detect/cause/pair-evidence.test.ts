import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS, MINUTE_MS } from '../../model/duration.ts'
import { pairEvidence } from '../statistics/pair-process.ts'
import { pairsShown, STARTS, type WeighedPair } from './pair-evidence.ts'

const window = { from: 20 * HOUR_MS + 5 * MINUTE_MS, until: 23 * HOUR_MS }
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
    assert.ok(Math.abs(found.log10E - (pairEvidence(3, 3) - Math.log10(STARTS))) < 1e-12)
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
      Array.from({ length: 24 }, (_, at) => seen(1 + (at % 3) * 60, `${at}`, half(at)))
    assert.ok(
      (pairsShown(
        many(() => 'named'),
        window,
      )?.log10E ?? 0) > 3,
    )
    assert.ok(
      (pairsShown(
        many((at) => (at % 2 === 0 ? 'named' : 'control')),
        window,
      )?.log10E ?? 0) < 0,
    )
    assert.ok((pairsShown([seen(1), seen(1, 'b')], window)?.log10E ?? 0) < 0)
  })
})
