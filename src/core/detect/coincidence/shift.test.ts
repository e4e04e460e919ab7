import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { chooseShifts, linearStatistics, linearTest, weekStatistics, weekTest, type ShiftSeries } from './shift.ts'

const evening = (day: number, hour = 20): number => day * DAY_MS + hour * HOUR_MS

const series = (onsets: readonly number[], events: readonly number[], days = 182): ShiftSeries => ({
  statistic: 'onsets-with-event',
  onsets: onsets.map((at) => [at]),
  events,
  from: 0,
  days,
  windowHours: [-1, 3],
})

describe('weekTest()', () => {
  it('counts an onset from one hour before the start of an event to three hours after it, ends included', () => {
    for (const [lag, counted] of [
      [-1.01, 0],
      [-1, 1],
      [0, 1],
      [3, 1],
      [3.01, 0],
    ] as const)
      assert.equal(weekStatistics(series([evening(8, 20 + lag)], [evening(8)]))[0], counted, `lag ${lag} h`)
  })

  it('counts an onset once, however many events it follows', () => {
    assert.equal(weekStatistics(series([evening(8, 21)], [evening(8, 20), evening(8, 20.5), evening(8, 19)]))[0], 1)
  })

  it('has the floor one in the number of weeks', () => {
    const days = [3, 9, 14, 27, 40, 61, 75, 90, 104, 133, 151, 170]
    const test = weekTest(
      series(
        days.map((day) => evening(day, 20.5)),
        days.map((day) => evening(day)),
      ),
    )
    assert.deepEqual([test.observed, test.shifts, test.floor, test.p], [12, 26, 1 / 26, 1 / 26])
  })

  it('says p = 1 where every week is alike', () => {
    const days = Array.from({ length: 26 }, (_, week) => week * 7 + 2)
    const test = weekTest(
      series(
        days.map((day) => evening(day, 20.5)),
        days.map((day) => evening(day)),
      ),
    )
    assert.deepEqual([test.observed, test.p], [26, 1])
  })

  it('says p = 1 without events, without onsets and without a whole week', () => {
    assert.equal(weekTest(series([evening(4)], [])).p, 1)
    assert.equal(weekTest(series([], [evening(4)])).p, 1)
    assert.equal(weekTest(series([evening(4)], [evening(4)], 6)).p, 1)
  })

  it('lets an event near one end of the circle have its window at the other end', () => {
    assert.equal(weekStatistics(series([evening(0, 0.5)], [evening(182, -0.25)]))[0], 1)
  })

  it('weighs an uncertain onset by the share of its draws in the window', () => {
    const onset = [evening(8, 18), evening(8, 20), evening(8, 21), evening(8, 22)]
    assert.equal(weekStatistics({ ...series([], [evening(8)]), onsets: [onset] })[0], 0.75)
  })

  it('gives the same statistics when both series turn by the same weeks', () => {
    const day = fc.integer({ min: 0, max: 181 })
    fc.assert(
      fc.property(fc.array(day), fc.array(day), fc.integer({ min: 0, max: 25 }), (onsets, events, weeks) => {
        const turn = (days: readonly number[], by: number): number[] => days.map((one) => evening((one + by) % 182))
        assert.deepEqual(
          weekStatistics(series(turn(onsets, 0), turn(events, 0))),
          weekStatistics(series(turn(onsets, weeks * 7), turn(events, weeks * 7))),
        )
      }),
      { numRuns: 60 },
    )
  })
})

describe('linearTest()', () => {
  const linear = { step: 'day', shifts: 19 } as const

  it('bounds p by the shifts reached over N + 1', () => {
    const days = [25, 31, 44, 52, 67, 71, 88, 93, 110, 124, 139, 146]
    const test = linearTest(
      series(
        days.map((day) => evening(day, 20.5)),
        days.map((day) => evening(day)),
      ),
      linear,
    )
    assert.deepEqual([test.observed, test.reached, test.shifts, test.p, test.floor], [12, 1, 39, 1 / 20, 1 / 20])
  })

  it('leaves out onsets of the first and last N days, and looks at the same onsets for every shift', () => {
    const test = linearTest(series([evening(10), evening(90), evening(175)], [evening(10), evening(90)]), linear)
    assert.deepEqual([test.onsets, test.observed], [1, 1])
  })

  it('never exceeds 1', () => {
    assert.equal(linearTest(series([], []), linear).p, 1)
  })

  it('moves events forward by a positive shift', () => {
    const statistics = linearStatistics(series([evening(93)], [evening(90)]), linear)
    assert.equal(statistics[19 + 3], 1)
    assert.equal(
      statistics.reduce((sum, one) => sum + one, 0),
      1,
    )
  })

  it('shifts by whole weeks where the plan says so', () => {
    const statistics = linearStatistics(series([evening(200)], [evening(186)], 400), { step: 'week', shifts: 19 })
    assert.equal(statistics[19 + 2], 1)
  })
})

describe('excess of onsets', () => {
  const excess = (onsets: readonly number[], events: readonly number[]): ShiftSeries => ({
    ...series(onsets, events),
    statistic: 'excess-of-onsets',
  })
  const weekly = (weeks: readonly number[], hour: number): number[] => weeks.map((week) => evening(week * 7 + 2, hour))
  const every = Array.from({ length: 26 }, (_, week) => week)

  it('is nothing where the weeks around have as many onsets', () => {
    const both = excess(weekly(every, 20.5), weekly(every, 20))
    assert.ok(Math.abs(weekStatistics(both)[0] ?? 1) < 1e-9)
    assert.ok(Math.abs(linearStatistics(both, linear19)[19] ?? 1) < 1e-9)
  })

  it('counts an onset whole where the weeks around have none', () => {
    const one = excess(weekly([12], 20.5), weekly([12], 20))
    assert.equal(weekStatistics(one)[0], 1)
    assert.equal(linearStatistics(one, linear19)[19], 1)
  })

  it('takes the onsets of matched evenings off, those inside the frame', () => {
    const near = excess(weekly([12, 13, 15], 20.5), weekly([12], 20))
    assert.equal(weekStatistics(near)[0], 1 - 2 / 8)
    assert.equal(linearStatistics(near, linear19)[19], 1 - 2 / 8)
  })

  it('is little where both keep the working days and rest in the same week', () => {
    const days = every.flatMap((week) => (week === 12 ? [] : [0, 1, 2, 3, 4].map((day) => week * 7 + day)))
    const both = excess(
      days.map((day) => evening(day, 20.5)),
      days.filter((day) => day % 3 === 0).map((day) => evening(day)),
    )
    // 41 events on a restricted evening each; against the weekday alone 1.6 of them would be left.
    assert.ok(Math.abs(weekStatistics(both)[0] ?? 41) < 1)
    assert.ok(Math.abs(linearStatistics(both, linear19)[19] ?? 41) < 1)
  })

  it('is nothing where a fortnight of daily restrictions holds the events', () => {
    const fortnight = Array.from({ length: 14 }, (_, day) => 80 + day)
    const both = excess(
      fortnight.map((day) => evening(day, 20.5)),
      [83, 86, 88, 90].map((day) => evening(day)),
    )
    assert.ok(Math.abs(weekStatistics(both)[0] ?? 1) < 1e-9)
  })

  it('counts an onset near two events once', () => {
    const one = excess([evening(80, 20.5)], [evening(80), evening(80, 21)])
    assert.equal(weekStatistics(one)[0], 1)
    assert.equal(linearStatistics(one, linear19)[19], 1)
  })
})

const linear19 = { step: 'day', shifts: 19 } as const

describe('chooseShifts()', () => {
  it('takes the least N that can reach 5 % for half a year, and more where more days stand', () => {
    assert.deepEqual([90, 182, 365, 730, 1000].map(chooseShifts), [19, 19, 39, 79, 99])
  })
})
