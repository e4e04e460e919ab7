import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { availabilitySentence } from './availability.ts'

describe('availabilitySentence()', () => {
  it('says both shares, never rounds up to all of the time, and counts hours without measurements apart', () => {
    const found = { hours: 96, hoursObserved: 60, open: 0.99999, openByUse: 0.9031, weighed: true }
    assert.equal(
      availabilitySentence('en', found),
      'Without restriction: 99.9% of the measured time. Hours with measurements: 60 of 96. Weighted by hours of use: 90.3%.',
    )
    assert.match(availabilitySentence('kk', found) ?? '', /99,9\u00a0%\. Өлшем бар сағаттар: 60 \(барлығы\s96\)\./)
  })

  it('says that nothing was weighed where no hours of use are held, and nothing where nothing was measured', () => {
    const unweighed = { hours: 2, hoursObserved: 2, open: 1, openByUse: 1, weighed: false }
    assert.match(availabilitySentence('ru', unweighed) ?? '', /100\u00a0%.*поправка не применена/)
    assert.equal(availabilitySentence('en', { hours: 2, hoursObserved: 0, weighed: true }), undefined)
  })
})
