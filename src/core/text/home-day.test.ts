import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseInstant } from '../model/units.ts'
import { dayAfter, daysBetween, homeDay, homeDayBounds, midnightBefore } from './home-day.ts'

describe('days of Kazakhstan', () => {
  it('begin at midnight there, also across the change of its clocks in 2024', () => {
    for (const [day, from, until] of [
      ['2026-03-05', '2026-03-04T19:00:00Z', '2026-03-05T19:00:00Z'],
      ['2024-02-28', '2024-02-27T18:00:00Z', '2024-02-28T18:00:00Z'],
      ['2024-02-29', '2024-02-28T18:00:00Z', '2024-02-29T19:00:00Z'],
      ['2024-03-01', '2024-02-29T19:00:00Z', '2024-03-01T19:00:00Z'],
    ] as const)
      assert.deepEqual(homeDayBounds(day), { from: parseInstant(from), until: parseInstant(until) }, day)
  })

  it('are the days of the instants in them', () => {
    assert.equal(homeDay(parseInstant('2026-03-05T18:59:59Z')), '2026-03-05')
    assert.equal(homeDay(parseInstant('2026-03-05T19:00:00Z')), '2026-03-06')
    assert.equal(midnightBefore(parseInstant('2026-03-05T16:10:00Z')), parseInstant('2026-03-04T19:00:00Z'))
    assert.equal(midnightBefore(parseInstant('2026-03-05T19:00:00Z')), parseInstant('2026-03-05T19:00:00Z'))
  })

  it('are counted with both ends', () => {
    assert.equal(daysBetween('2026-11-05', '2026-11-07'), 3)
    assert.equal(daysBetween('2026-11-07', '2026-11-05'), -1)
    assert.equal(dayAfter('2026-02-28'), '2026-03-01')
    assert.equal(dayAfter('2026-03-01', -1), '2026-02-28')
  })
})
