import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instant, parseInstant } from '../../core/model/units.ts'
import { addDays, addMonths, dayOf, endOfDay, parseDay, weekday, type Day } from './calendar.ts'
import { byDate, computeDeadline, computeDeadlines, isOver, type Occurrence, type RunningDeadline } from './compute.ts'
import { addWorkingDays, isNearHoliday, isWorkingDay, nextWorkingDay, WEEKENDS_ONLY } from './days-off.ts'
import type { DeadlineId } from '../law/law-form.ts'
import { loadLaw, ruleOf } from '../law/load-law.ts'

const day = parseDay
const law = loadLaw()
const { daysOff } = law
const FIRST = day('2016-01-01')
const days = fc.integer({ min: 0, max: 366 * 30 }).map((count) => addDays(FIRST, count))

function running(id: DeadlineId, from: string, more: Partial<Occurrence> = {}): RunningDeadline {
  const rule = ruleOf(law, id)
  const [event] = rule.starts
  assert.ok(event !== undefined)
  const found = computeDeadline(rule, { event, day: day(from), ...more }, law)
  assert.ok(found.kind === 'running', id)
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
  it('are neither weekends nor days of the table, nor the days that replace a holiday on a weekend', () => {
    for (const off of [
      '2026-01-01',
      '2026-01-02',
      '2026-01-07',
      '2026-03-08',
      '2026-03-09',
      '2026-03-21',
      '2026-05-27',
    ])
      assert.ok(!isWorkingDay(day(off), daysOff), off)
    // 21 and 22 March 2026 are a weekend, the 23rd is a holiday itself: the next two days replace them.
    assert.deepEqual(
      ['2026-03-24', '2026-03-25', '2026-03-26'].map((at) => isWorkingDay(day(at), daysOff)),
      [false, false, true],
    )
    assert.ok(isWorkingDay(day('2023-01-09'), daysOff), 'Christmas on a Saturday is not moved')
  })

  it('of 2026 and 2027 follow the Constitution Day of the new Constitution', () => {
    // Before 2026 the holiday was 30 August; from 2027 it is 15 March, a Monday in that year.
    assert.ok(!isWorkingDay(day('2024-08-30'), daysOff))
    for (const worked of ['2026-08-31', '2027-08-30', '2026-03-16'])
      assert.ok(isWorkingDay(day(worked), daysOff), worked)
    assert.ok(!isWorkingDay(day('2027-03-15'), daysOff))
    assert.equal(addWorkingDays(day('2026-08-21'), 15, daysOff), '2026-09-11')
    assert.equal(addWorkingDays(day('2027-03-01'), 15, daysOff), '2027-03-29')
  })

  it('are said to be uncertain near a holiday, where the Government may have moved a day off', () => {
    assert.ok(isNearHoliday(day('2026-05-13'), daysOff))
    assert.ok(!isNearHoliday(day('2026-06-15'), daysOff))
    assert.ok(running('complaint', '2026-02-12').doubts.includes('transfers'))
    assert.ok(!running('complaint', '2026-03-15').doubts.includes('transfers'))
  })

  it('beyond the table are all but weekends', () => {
    assert.ok(isWorkingDay(day('2030-01-01'), daysOff))
    assert.ok(!isWorkingDay(day('2030-01-05'), daysOff))
  })

  it('are counted from the next day on', () => {
    assert.equal(addWorkingDays(day('2026-04-06'), 15, daysOff), '2026-04-27')
    assert.equal(addWorkingDays(day('2026-04-11'), 1, daysOff), '2026-04-13')
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 60 }), (at, count) => {
        const end = addWorkingDays(at, count, daysOff)
        assert.ok(isWorkingDay(end, daysOff))
        let seen = 0
        for (let next = addDays(at, 1); next <= end; next = addDays(next, 1)) if (isWorkingDay(next, daysOff)) seen += 1
        assert.equal(seen, count)
        assert.ok(addWorkingDays(at, count, WEEKENDS_ONLY) <= end, 'a holiday never makes a term shorter')
        assert.ok(weekday(nextWorkingDay(at, daysOff)) < 6)
      }),
    )
  })
})

describe('deadlines', () => {
  const found = (id: DeadlineId, from: string): Pick<RunningDeadline, 'last' | 'safe'> => {
    const { last, safe } = running(id, from)
    return { last, safe }
  }

  it('of a claim go by one month and end after three: the sources differ', () => {
    for (const id of ['claim-after-answer', 'claim-after-learning', 'claim-after-no-decision'] as const) {
      assert.deepEqual(found(id, '2026-03-05'), { safe: '2026-04-03', last: '2026-06-05' }, id)
      assert.ok(running(id, '2026-03-05').doubts.includes('sources'), id)
    }
  })

  it('of an appeal are two months, those of a complaint against a ruling ten working days', () => {
    assert.deepEqual(found('appeal', '2026-04-01'), { safe: '2026-06-01', last: '2026-06-01' })
    assert.ok(running('appeal', '2026-04-01').doubts.includes('exceptions'))
    // The Day of Unity on 1 May shortens nothing for the person who files.
    assert.deepEqual(found('ruling-complaint', '2026-04-20'), { safe: '2026-05-04', last: '2026-05-05' })
  })

  it('of recognition are five years, those against a by-law three months from learning of the violation', () => {
    assert.equal(found('claim-recognition', '2022-01-05').last, '2027-01-05')
    assert.equal(found('claim-outer-limit', '2024-02-29').last, '2025-02-28')
    assert.equal(found('by-law-claim', '2026-01-15').last, '2026-04-15')
    assert.ok(running('by-law-claim', '2025-12-28').doubts.includes('not-in-force'))
    assert.ok(!running('by-law-claim', '2025-12-29').doubts.includes('not-in-force'))
  })

  it('of a complaint and of the Committee are what their provisions say', () => {
    assert.equal(found('complaint', '2026-04-16').last, '2026-07-16')
    assert.equal(found('committee-after-exhaustion', '2026-03-05').last, '2031-03-05')
    assert.equal(found('committee-after-procedure', '2026-03-05').last, '2029-03-05')
  })

  it('of an answer run from receipt, move with a notice of the body, and are not over where receipt is not known', () => {
    const plain = running('request-answer', '2026-04-06')
    assert.deepEqual([plain.safe, plain.last], ['2026-04-27', '2026-04-27'])
    assert.equal(running('request-answer', '2026-04-06', { prolonged: {} }).last, '2026-06-27')
    assert.equal(
      running('request-answer', '2026-04-06', { prolonged: { until: day('2026-05-20') } }).last,
      '2026-05-20',
    )
    // A notice never makes the deadline shorter.
    assert.equal(running('request-answer', '2026-04-06', { prolonged: { until: day('2026-04-07') } }).last, plain.last)
    const open = running('request-answer', '2026-04-06', { open: true })
    assert.ok(open.doubts.includes('receipt'))
    assert.deepEqual([isOver(open, day('2030-01-01')), isOver(plain, day('2030-01-01'))], [false, true])
  })

  it('that begin between two days go by the earlier and end by the later', () => {
    const span = running('complaint-after-silence', '2026-04-27', { latest: day('2026-06-27') })
    assert.deepEqual([span.safe, span.last], ['2026-07-27', '2026-09-28'])
  })

  it('whose last day is a day off move, say so, and keep the working day before as the safe one', () => {
    // 5 September 2026 is a Saturday.
    const moved = running('complaint', '2026-06-05')
    assert.deepEqual([moved.last, moved.safe], ['2026-09-07', '2026-09-04'])
    assert.ok(moved.doubts.includes('moved'))
  })

  it('without a start do not run, and without a known length have no date', () => {
    assert.ok(computeDeadlines([], law).every(({ kind }) => kind === 'not-running'))
    const [unknown] = computeDeadlines([{ event: 'appeal-judgment', day: day('2026-03-05') }], law).filter(
      ({ kind }) => kind !== 'not-running',
    )
    assert.equal(unknown?.kind, 'length-unknown')
  })

  const known = law.rules.filter(({ readings }) => readings.length > 0)
  it('come later from a later start, are safe no later than they are last, and never before their start', () => {
    fc.assert(
      fc.property(days, days, fc.constantFrom(...known), (one, other, rule) => {
        const [first = one, second = other] = [one, other].toSorted()
        const [a, b] = [running(rule.id, first), running(rule.id, second)]
        assert.ok(a.last <= b.last && a.safe <= b.safe)
        const span = running(rule.id, first, { latest: second })
        assert.ok(span.safe <= span.last && span.safe > first)
        assert.ok(rule.binds === 'addressee' || span.safe === a.safe, 'a later start does not move the safe day')
        assert.equal(endOfDay(a.safe), a.safeEnds)
      }),
    )
  })

  it('are never said to be over before the last day of every length that a source gives', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 0, max: 2200 }), fc.constantFrom(...known), (start, later, rule) => {
        const one = running(rule.id, start)
        const today = addDays(start, later)
        if (!isOver(one, today)) return
        for (const { unit, count } of rule.readings)
          assert.ok(
            today >
              (unit === 'working-days'
                ? addDays(start, count)
                : addMonths(start, unit === 'years' ? count * 12 : count)),
          )
      }),
    )
  })

  it('are not over on the day after the last one where a day off may have been moved, and are over soon after', () => {
    const over = (rule: DeadlineId, start: string, today: string): boolean => isOver(running(rule, start), day(today))
    // 15 working days from 2 March 2026 end on 27 March, with Women’s Day and Nauryz between: each may have moved a day off.
    const near = running('request-answer', '2026-03-02')
    assert.equal(near.last, '2026-03-27')
    assert.deepEqual([near.doubts.includes('transfers'), near.doubts.includes('days-off')], [true, true])
    assert.ok(!over('request-answer', '2026-03-02', '2026-03-28'))
    assert.ok(over('request-answer', '2026-03-02', '2026-05-01'))
    // Months that end next to a holiday and move to a working day.
    const months = running('complaint', '2026-02-08')
    assert.ok(months.doubts.includes('transfers') && !months.doubts.includes('days-off'))
    assert.ok(!over('complaint', '2026-02-08', addDays(months.last, 1)))
    assert.ok(over('complaint', '2026-02-08', addDays(months.last, 21)))
  })

  it('are over on the day after the last one where no day off can have moved it', () => {
    const plain = running('complaint', '2026-03-16')
    assert.ok(!plain.doubts.includes('transfers') && !plain.doubts.includes('days-off'))
    assert.equal(isOver(plain, plain.last), false)
    assert.equal(isOver(plain, addDays(plain.last, 1)), true)
    // Years of the Committee do not move with days off.
    const years = running('committee-after-procedure', '2023-05-08')
    assert.ok(years.doubts.includes('transfers'))
    assert.equal(isOver(years, addDays(years.last, 1)), true)
  })

  it('are never said to be over where the table of days off does not reach', () => {
    const far = running('committee-after-exhaustion', '2026-03-05')
    assert.ok(far.doubts.includes('days-off'))
    assert.equal(isOver(far, day('2040-01-01')), false)
  })

  it('carry the mark of a lawyer until a check is on record for each provision', () => {
    for (const { id } of known) assert.ok(running(id, '2026-02-02').doubts.includes('rule'), id)
  })

  it('are listed by date, those that do not run last', () => {
    const occurrences = [
      { event: 'remedies-exhausted', day: day('2020-01-01') },
      { event: 'restriction-learned', day: day('2026-03-05') },
    ] as const
    const listed = byDate(computeDeadlines(occurrences, law))
    const dates = listed.flatMap((one): readonly Day[] => (one.kind === 'running' ? [one.safe] : []))
    assert.deepEqual(dates, dates.toSorted())
    assert.deepEqual(
      listed.slice(dates.length).map(({ kind }) => kind),
      listed.slice(dates.length).map(() => 'not-running'),
    )
  })
})
