import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HOUR_MS } from '../../model/duration.ts'
import { longestGaps } from './gaps.ts'
import { instant } from '../../model/units.ts'

const gap = (from: number, hours: number) => ({
  from: instant(from * HOUR_MS),
  until: instant((from + hours) * HOUR_MS),
  couldHideMinutes: hours * 60,
})

describe('longestGaps()', () => {
  it('keeps the twelve longest that touch the interval, in the order of time', () => {
    const gaps = Array.from({ length: 20 }, (_, i) => gap(i * 10, 2 + (i % 5)))
    const kept = longestGaps(gaps, { from: 10 * HOUR_MS, until: 190 * HOUR_MS })
    assert.equal(kept.length, 12)
    assert.deepEqual(
      kept.map(({ from }) => from),
      kept.map(({ from }) => from).toSorted((a, b) => a - b),
    )
    assert.ok(kept.every(({ couldHideMinutes }) => couldHideMinutes >= 180))
    assert.ok(kept.every(({ until }) => until > 10 * HOUR_MS))
  })
})
