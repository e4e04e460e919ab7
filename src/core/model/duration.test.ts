import assert from 'node:assert/strict'
import { it } from 'node:test'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, WEEK_MS } from './duration.ts'

it('durations agree with the dates of JavaScript', () => {
  const after = (...time: [number, number, number, number]): number =>
    Date.UTC(2025, 0, 1 + time[0], time[1], time[2], time[3]) - Date.UTC(2025, 0, 1)
  assert.equal(after(0, 0, 0, 1), SECOND_MS)
  assert.equal(after(0, 0, 1, 0), MINUTE_MS)
  assert.equal(after(0, 1, 0, 0), HOUR_MS)
  assert.equal(after(1, 0, 0, 0), DAY_MS)
  assert.equal(after(7, 0, 0, 0), WEEK_MS)
})
