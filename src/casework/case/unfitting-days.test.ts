import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { emptyCase, fullCase } from '../../../test/kit/evening/sample-case.ts'
import { parseDay } from '../deadlines/calendar.ts'
import type { CaseFile } from './case-form.ts'
import { unfittingDays } from './unfitting-days.ts'

/** The full case, whose incident lies on 5 and 6 March 2026 and whose first request is of 11 March, with other days. */
function days(failed: string, learned: string): CaseFile {
  const full = fullCase()
  const given = (value: string): NonNullable<CaseFile['answers']['learned']> => ({
    value,
    by: 'x',
    on: parseDay('2026-04-10'),
  })
  return { ...full, answers: { ...full.answers, 'first-failed': given(failed), learned: given(learned) } }
}

describe('unfittingDays()', () => {
  it('finds nothing where days fit, and nothing in an empty case', () => {
    assert.deepEqual(unfittingDays(emptyCase()), [])
    for (const [failed, learned] of [
      ['2026-03-05', '2026-03-05'],
      ['2026-03-06', '2026-03-11'],
    ] as const)
      assert.deepEqual(unfittingDays(days(failed, learned)), [])
  })

  it('finds each way in which they do not', () => {
    assert.deepEqual(unfittingDays(days('2026-03-06', '2026-03-05')), ['learned-before-failed'])
    assert.deepEqual(unfittingDays(days('2026-03-07', '2026-03-07')), ['failed-not-measured'])
    assert.deepEqual(unfittingDays(days('2026-03-04', '2026-03-04')), [
      'failed-not-measured',
      'learned-before-measured',
    ])
    assert.deepEqual(unfittingDays(days('2026-03-05', '2026-03-12')), ['asked-before-learned'])
  })

  it('takes an incident that goes on to have no last day, and one that failed verification for none', () => {
    const of = (change: object, more: object): CaseFile => {
      const file = days('2026-03-09', '2026-03-09')
      const records = file.records.map((one) =>
        one.bundle?.incident
          ? { ...one, bundle: { ...one.bundle, ...more, incident: { ...one.bundle.incident, ...change } } }
          : one,
      )
      return { ...file, records }
    }
    assert.deepEqual(unfittingDays(of({}, {})), ['failed-not-measured'])
    assert.deepEqual(unfittingDays(of({ running: true }, {})), [])
    assert.deepEqual(unfittingDays(of({}, { verified: { kind: 'wanting', steps: [] } })), [])
  })
})
