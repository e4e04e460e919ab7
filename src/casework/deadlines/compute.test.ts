import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instant, parseInstant } from '../../model/units.ts'
import { addDays, addMonths, dayOf, daysBetween, endOfDay, parseDay, weekday, type Day } from './calendar.ts'
import { byDate, computeDeadline, computeDeadlines, type Deadline } from './compute.ts'
import { addWorkingDays, isWorkingDay, nextWorkingDay } from './days-off.ts'
import { DEADLINE_IDS, DEADLINE_RULES, START_EVENTS, type DeadlineId } from './rules.ts'

const day = parseDay
const FIRST = day('2016-01-01')
const days = fc.integer({ min: 0, max: 366 * 30 }).map((count) => addDays(FIRST, count))

const ruleOf = (id: DeadlineId): (typeof DEADLINE_RULES)[number] => {
  const found = DEADLINE_RULES.find((rule) => rule.id === id)
  assert.ok(found !== undefined)
  return found
}
function running(id: DeadlineId, from: string): Extract<Deadline, { kind: 'running' }> {
  const rule = ruleOf(id)
  const found = computeDeadline(rule, { event: rule.start, day: day(from) })
  assert.ok(found.kind === 'running')
  return found
}

describe('days', () => {
  it('refuses what is no day, with the place in the input', () => {
    for (const wrong of [
      '2026-02-30',
      '2026-2-3',
      '26-02-03',
      '2026-02-03T00:00:00Z',
      '1989-12-31',
      '',
      7,
      null,
      '２０２６-01-01',
    ])
      assert.throws(() => parseDay(wrong, '/x'), { name: 'InputError', path: '/x' })
  })

  it('takes the day of Almaty, one offset before 1 March 2024 and another after it', () => {
    assert.equal(dayOf(parseInstant('2024-02-28T18:30:00Z')), '2024-02-29')
    assert.equal(dayOf(parseInstant('2024-03-05T18:30:00Z')), '2024-03-05')
    assert.equal(dayOf(parseInstant('2024-03-05T19:30:00Z')), '2024-03-06')
  })

  it('ends a day where its last instant is followed by the first of the next, also on the night of the change', () => {
    assert.equal(endOfDay(day('2024-02-28')), parseInstant('2024-02-28T18:00:00Z'))
    assert.equal(endOfDay(day('2024-02-29')), parseInstant('2024-02-29T19:00:00Z'))
    assert.equal(endOfDay(day('2024-03-01')), parseInstant('2024-03-01T19:00:00Z'))
    fc.assert(
      fc.property(days, (at) => {
        const end = endOfDay(at)
        assert.equal(dayOf(instant(end - 1)), at)
        assert.equal(dayOf(end), addDays(at, 1))
      }),
    )
  })

  it('ends a term of months on the day of the same number, or on the last of a shorter month', () => {
    assert.equal(addMonths(day('2026-03-05'), 3), '2026-06-05')
    assert.equal(addMonths(day('2026-11-30'), 3), '2027-02-28')
    assert.equal(addMonths(day('2027-11-30'), 3), '2028-02-29')
    assert.equal(addMonths(day('2026-10-31'), 3), '2027-01-31')
    assert.equal(addMonths(day('2024-02-29'), 60), '2029-02-28')
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 120 }), (at, count) => {
        const end = addMonths(at, count)
        assert.ok(Number(end.slice(8)) <= Number(at.slice(8)))
        assert.ok(end.slice(8) === at.slice(8) || addDays(end, 1).slice(8) === '01')
      }),
    )
  })
})

describe('working days', () => {
  it('are neither weekends nor days of the table, nor the days that stand in for a holiday on a weekend', () => {
    for (const off of [
      '2026-01-01',
      '2026-01-02',
      '2026-01-07',
      '2026-03-08',
      '2026-03-09',
      '2026-03-21',
      '2026-05-27',
    ])
      assert.ok(!isWorkingDay(day(off)), off)
    // 21 and 22 March 2026 are a weekend, the 23rd is a holiday itself: the next two days stand in for them.
    assert.deepEqual(
      ['2026-03-24', '2026-03-25', '2026-03-26'].map((at) => isWorkingDay(day(at))),
      [false, false, true],
    )
    assert.ok(isWorkingDay(day('2023-01-09')), 'Christmas on a Saturday is not moved')
  })

  it('beyond the table are all but weekends', () => {
    assert.ok(isWorkingDay(day('2030-01-01')))
    assert.ok(!isWorkingDay(day('2030-01-05')))
  })

  it('are counted from the next day on', () => {
    assert.equal(addWorkingDays(day('2026-04-06'), 15), '2026-04-27')
    assert.equal(addWorkingDays(day('2026-04-11'), 1), '2026-04-13')
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 60 }), (at, count) => {
        const end = addWorkingDays(at, count)
        assert.ok(isWorkingDay(end))
        let seen = 0
        for (let next = addDays(at, 1); next <= end; next = addDays(next, 1)) if (isWorkingDay(next)) seen += 1
        assert.equal(seen, count)
        assert.ok(addWorkingDays(at, count, 'weekends') <= end, 'a holiday never makes a term shorter')
        assert.ok(weekday(nextWorkingDay(at)) < 6)
      }),
    )
  })
})

describe('deadlines', () => {
  it('have a rule for each id, and each start sets one running at least', () => {
    assert.deepEqual(DEADLINE_RULES.map(({ id }) => id).toSorted(), DEADLINE_IDS.toSorted())
    for (const start of START_EVENTS)
      assert.ok(
        DEADLINE_RULES.some((rule) => rule.start === start),
        start,
      )
  })

  it('of the reference are what it says', () => {
    const found = (
      id: DeadlineId,
      from: string,
    ): Pick<Extract<Deadline, { kind: 'running' }>, 'last' | 'safe' | 'doubts'> => {
      const { last, safe, doubts } = running(id, from)
      return { last, safe, doubts }
    }
    assert.deepEqual(found('claim-after-answer', '2026-03-05'), { last: '2026-06-05', safe: '2026-06-05', doubts: [] })
    assert.deepEqual(found('claim-after-learning', '2026-04-16'), {
      last: '2026-07-16',
      safe: '2026-07-16',
      doubts: [],
    })
    assert.deepEqual(found('request-answer', '2026-04-06'), {
      last: '2026-04-27',
      safe: '2026-04-27',
      doubts: ['rule', 'article', 'days-off'],
    })
    assert.deepEqual(found('complaint-decision', '2026-04-20').doubts, ['rule', 'days-off'])
    // They are counted from a day that was itself counted.
    for (const id of ['complaint-after-silence', 'claim-after-no-decision'] as const)
      assert.deepEqual(found(id, '2026-04-27').doubts, ['rule', 'days-off'], id)
    assert.deepEqual(found('committee-after-exhaustion', '2026-03-05').last, '2031-03-05')
    assert.deepEqual(found('committee-after-procedure', '2026-03-05').last, '2029-03-05')
  })

  it('whose last day is a day off move to the next working day, say so, and keep the working day before as the safe one', () => {
    // 5 September 2026 is a Saturday.
    const found = running('claim-after-answer', '2026-06-05')
    assert.deepEqual([found.last, found.safe, found.doubts], ['2026-09-07', '2026-09-04', ['moved']])
  })

  it('of by-laws say that the rule was not in force before 29 December 2025', () => {
    assert.ok(running('by-law-claim', '2025-12-28').doubts.includes('not-in-force'))
    assert.ok(!running('by-law-claim', '2025-12-29').doubts.includes('not-in-force'))
  })

  it('without a start do not run, and without a known length have no date', () => {
    assert.ok(computeDeadlines([]).every(({ kind }) => kind === 'not-running'))
    const [found] = computeDeadlines([{ event: 'appeal-judgment', day: day('2026-03-05') }]).filter(
      ({ kind }) => kind !== 'not-running',
    )
    assert.equal(found?.kind, 'length-unknown')
  })

  it('come later from a later start, are never before it, and are safe no later than they are last', () => {
    const known = DEADLINE_RULES.filter(({ length }) => length.kind !== 'unknown')
    fc.assert(
      fc.property(days, days, fc.constantFrom(...known), (one, other, rule) => {
        const [first, second] = [one, other].toSorted()
        const [a, b] = [running(rule.id, String(first)), running(rule.id, String(second))]
        assert.ok(a.last <= b.last && a.safe <= b.safe)
        assert.ok(a.safe <= a.last && a.safe > String(first))
        assert.ok(daysBetween(a.safe, a.last) <= 40)
        assert.equal(endOfDay(a.safe), a.safeEnds)
        if (rule.mark === 'lawyer-must-confirm') assert.ok(a.doubts.includes('rule'))
      }),
    )
  })

  it('are listed by date, those that do not run last', () => {
    const occurrences = [
      { event: 'remedies-exhausted', day: day('2020-01-01') },
      { event: 'restriction-learned', day: day('2026-03-05') },
    ] as const
    const listed = byDate(computeDeadlines(occurrences))
    const dates = listed.flatMap((one): readonly Day[] => (one.kind === 'running' ? [one.safe] : []))
    assert.deepEqual(dates, dates.toSorted())
    assert.deepEqual(
      listed.slice(dates.length).map(({ kind }) => kind),
      listed.slice(dates.length).map(() => 'not-running'),
    )
  })
})
