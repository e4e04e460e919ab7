import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { byEvening, differenceOf, matchEvenings, ratioOf, shareOf } from './evenings.ts'

const evening = (day: number, hour = 20): number => day * DAY_MS + hour * HOUR_MS
const study = { from: 0, days: 182, watched: () => true }
const share = (k: number, n: number) =>
  shareOf(
    byEvening(evenings(n)),
    evenings(k).map((at) => [at]),
    [-1, 3],
  )
const evenings = (count: number): number[] => Array.from({ length: count }, (_, day) => evening(day))

describe('matchEvenings()', () => {
  it('takes the same clock time on the same weekday, four weeks to either side, inside the study', () => {
    const { matched } = matchEvenings([evening(15)], study)
    assert.deepEqual(
      matched[0],
      [1, 8, 22, 29, 36, 43].map((day) => evening(day)),
    )
  })

  it('takes no evening with an event of its own', () => {
    const { matched } = matchEvenings([evening(50), evening(57, 22), evening(43, 9)], study)
    assert.ok(!matched[0]?.includes(evening(57)) && !matched[0]?.includes(evening(43)))
    assert.equal(matched[0]?.length, 6)
  })

  it('leaves out evenings that were not watched, those of events too', () => {
    const watched = (at: number): boolean => at !== evening(57) && at !== evening(70)
    const found = matchEvenings([evening(50), evening(70)], { ...study, watched })
    assert.deepEqual(found.events, [evening(50)])
    assert.ok(!found.matched[0]?.includes(evening(57)))
  })

  it('counts an evening that two events match as one', () => {
    const found = matchEvenings([evening(50), evening(64, 21)], study)
    const days = byEvening(found.matched.flat()).map(([at = 0]) => Math.floor(at / DAY_MS))
    assert.equal(new Set(days).size, days.length)
    assert.ok(days.includes(57))
  })
})

describe('shareOf()', () => {
  it('counts an onset if at least half of its draws are in the window', () => {
    const half = [[evening(3, 18), evening(3, 21)]]
    const third = [[evening(3, 18), evening(3, 18), evening(3, 21)]]
    assert.equal(shareOf([[evening(3)]], half, [-1, 3]).k, 1)
    assert.equal(shareOf([[evening(3)]], third, [-1, 3]).k, 0)
  })

  it('counts two events of one evening as one evening, also across midnight', () => {
    const starts = [evening(3, 19), evening(3, 25), evening(4, 20)]
    const { k, n } = shareOf(byEvening(starts), [[evening(3, 19)]], [-1, 3])
    assert.deepEqual([k, n], [1, 2])
  })

  it('gives the Jeffreys interval of 13 of 18', () => {
    const { k, n, lo95, hi95 } = share(13, 18)
    assert.deepEqual([k, n], [13, 18])
    assert.ok(Math.abs(lo95 - 0.493988) < 1e-6 && Math.abs(hi95 - 0.885224) < 1e-6)
  })
})

describe('ratioOf() and differenceOf()', () => {
  it('hold the value between their bounds', () => {
    for (const [a, b] of [
      [share(12, 41), share(9, 90)],
      [share(1, 41), share(1, 90)],
      [share(41, 41), share(1, 100)],
      [share(0, 10), share(3, 20)],
    ] as const)
      for (const estimate of [ratioOf(a, b), differenceOf(a, b)]) {
        assert.ok(estimate.value !== undefined && estimate.lo95 !== undefined && estimate.hi95 !== undefined)
        assert.ok(estimate.lo95 <= estimate.value && estimate.value <= estimate.hi95, JSON.stringify(estimate))
      }
  })

  it('give no ratio and no upper bound where no matched evening is restricted', () => {
    const estimate = ratioOf(share(12, 41), share(0, 90))
    assert.deepEqual([estimate.value, estimate.hi95], [undefined, undefined])
    assert.ok((estimate.lo95 ?? 0) > 1)
  })

  it('give nothing without evenings', () => {
    assert.deepEqual([ratioOf(share(0, 0), share(1, 9)), differenceOf(share(1, 2), share(0, 0))], [{}, {}])
  })

  it('agree with the published interval for 56 of 70 against 48 of 80, to the difference between the inner intervals', () => {
    // Newcombe (1998), table II, method 10 (Wilson inside): .0524 to .3339; ours has Jeffreys inside.
    const estimate = differenceOf(share(56, 70), share(48, 80))
    assert.ok(Math.abs((estimate.lo95 ?? 0) - 0.0524) < 0.006 && Math.abs((estimate.hi95 ?? 0) - 0.3339) < 0.006)
  })
})
