import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { conditionalOdds, countStrata } from './odds.ts'

const pair = (week: number, exposedCases: 0 | 1) => ({ week, n: 2, exposed: 1, cases: 1, exposedCases })

describe('conditionalOdds()', () => {
  it('is the ratio of discordant pairs where every stratum is a pair', () => {
    const strata = Array.from({ length: 40 }, (_, week) => pair(week, week < 30 ? 1 : 0))
    const { value = 0, lo95 = 0, hi95 = 0 } = conditionalOdds(strata)
    assert.ok(Math.abs(value - 3) < 1e-9)
    // McNemar: ln 3 ± 1.96 √(1/30 + 1/10)
    assert.ok(Math.abs(Math.log(lo95) - (Math.log(3) - 1.96 * Math.sqrt(1 / 30 + 1 / 10))) < 1e-9)
    assert.ok(Math.abs(Math.log(hi95) - (Math.log(3) + 1.96 * Math.sqrt(1 / 30 + 1 / 10))) < 1e-9)
  })

  it('does not depend on strata that tell nothing apart', () => {
    const strata = Array.from({ length: 12 }, (_, week) => pair(week, week < 8 ? 1 : 0))
    const idle = { week: 3, n: 7, exposed: 7, cases: 2, exposedCases: 2 }
    assert.deepEqual(
      conditionalOdds([...strata, idle, { ...idle, exposed: 0, exposedCases: 0 }]),
      conditionalOdds(strata),
    )
  })

  it('has no bounds where all cases lie on one side, and nothing without cases', () => {
    assert.deepEqual(conditionalOdds([pair(0, 1), pair(1, 1)]), {})
    assert.deepEqual(conditionalOdds([pair(0, 0)]), { value: 0 })
    assert.deepEqual(conditionalOdds([]), {})
  })
})

describe('countStrata()', () => {
  const study = {
    onsets: [[(24 + 20.5) * HOUR_MS]],
    events: [(24 + 20) * HOUR_MS],
    from: 0,
    days: 14,
    windowHours: [-1, 3],
    watchedHour: () => true,
  } as const

  it('puts hours of one clock hour and week together', () => {
    const strata = countStrata(study)
    assert.equal(strata.length, 2 * 24)
    assert.deepEqual(strata[20], { week: 0, n: 7, exposed: 1, cases: 1, exposedCases: 1 })
    assert.equal(strata.filter(({ exposed }) => exposed > 0).length, 4)
  })

  it('leaves out hours that were not watched', () => {
    assert.equal(countStrata({ ...study, watchedHour: (at) => at >= DAY_MS })[20]?.n, 6)
  })
})
