import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { longestGaps } from './gaps.ts'
import { instant } from '../../model/units.ts'

const HOUR = 3_600_000
const gap = (from: number, hours: number) => ({
  from: instant(from * HOUR),
  until: instant((from + hours) * HOUR),
  couldHideMinutes: hours * 60,
})

describe('longestGaps()', () => {
  it('keeps the twelve longest that touch the interval, in the order of time', () => {
    const gaps = Array.from({ length: 20 }, (_, i) => gap(i * 10, 2 + (i % 5)))
    const kept = longestGaps(gaps, { from: 10 * HOUR, until: 190 * HOUR })
    assert.equal(kept.length, 12)
    assert.deepEqual(
      kept.map(({ from }) => from),
      kept.map(({ from }) => from).toSorted((a, b) => a - b),
    )
    assert.ok(kept.every(({ couldHideMinutes }) => couldHideMinutes >= 180))
    assert.ok(kept.every(({ until }) => until > 10 * HOUR))
  })
})
