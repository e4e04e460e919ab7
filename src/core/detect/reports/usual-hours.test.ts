import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { FEWEST_USUAL_DAYS } from '../../model/people/report-cell.ts'
import { USUAL_DAYS, usualHours } from './usual-hours.ts'

const UNTIL = Date.UTC(2026, 2, 5, 19)
const FIRST = UNTIL - DAY_MS
/** Sums of one hour of the day: the newest day first. */
const sums = (hour: number, values: readonly number[]): ReadonlyMap<number, number> =>
  new Map(values.map((value, day) => [FIRST + hour * HOUR_MS - (day + 1) * DAY_MS, value]))
const long = { until: UNTIL, since: UNTIL - 200 * DAY_MS }

describe('usualHours()', () => {
  it('gives the tenth and the ninetieth of a hundred of the same hour of earlier days', () => {
    const values = Array.from({ length: USUAL_DAYS }, (_, day) => 10 + day)
    const { days, hours } = usualHours(sums(20, values), long)
    assert.equal(days, USUAL_DAYS)
    assert.equal(hours.length, 24)
    // Of 56 sorted values those of rank 6 and 51.
    assert.deepEqual(hours[20], { low: 15, high: 60 })
    assert.deepEqual(hours[19], { low: 0, high: 0 })
  })

  it('is not moved by a few evenings unlike others, nor by the 24 hours themselves', () => {
    const quiet = Array.from({ length: USUAL_DAYS }, (_, day) => (day < 5 ? 500 : 7))
    const today = new Map([...sums(20, quiet), [FIRST + 20 * HOUR_MS, 900]])
    assert.deepEqual(usualHours(today, long).hours[20], { low: 7, high: 7 })
  })

  it('takes no more than eight weeks, and the days since reports were taken where these are fewer', () => {
    const old = sums(3, [...Array.from({ length: USUAL_DAYS }, () => 0), ...Array.from({ length: 50 }, () => 99)])
    assert.deepEqual(usualHours(old, long).hours[3], { low: 0, high: 0 })
    const young = { until: UNTIL, since: FIRST - 20.5 * DAY_MS }
    assert.equal(usualHours(new Map(), young).days, 20)
  })

  it('calls nothing usual with fewer than two weeks, or before any report', () => {
    for (const since of [FIRST - FEWEST_USUAL_DAYS * DAY_MS + 1, UNTIL, Infinity])
      assert.deepEqual(
        usualHours(
          sums(
            3,
            Array.from({ length: 60 }, () => 30),
          ),
          { until: UNTIL, since },
        ).hours,
        [],
      )
    assert.equal(usualHours(new Map(), { until: UNTIL, since: FIRST - FEWEST_USUAL_DAYS * DAY_MS }).hours.length, 24)
  })
})
