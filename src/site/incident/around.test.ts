import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleStatements, SAMPLE_KINDS } from '../../../test/kit/evening/incident-sample.ts'
import type { Claim, Statement } from '../../core/model/tables/record.ts'
import { statementsAround, statementsOfDays } from './around.ts'

const text = { kk: 'x', ru: 'x', en: 'x' }
const claim = (over: Partial<Claim>): Claim => ({ id: 'c', text, test: 'service-restricted', services: [], ...over })
const shown = (claims: readonly Claim[]): number => {
  const statements: readonly Statement[] = sampleStatements.slice(0, 1).map((one) => ({ ...one, claims: [...claims] }))
  const incident = SAMPLE_KINDS.finished
  const record = { events: [], statements, simulated: incident.simulated }
  return statementsAround('en', incident, { record }).length
}

describe('statementsAround()', () => {
  it('shows what makes no claim, or one of this service or of all of them', () => {
    assert.equal(shown([]), 1)
    assert.equal(shown([claim({})]), 1)
    assert.equal(shown([claim({ services: ['youtube', 'facebook'] })]), 1)
  })

  it('leaves out what speaks of other services or of other days alone', () => {
    assert.equal(shown([claim({ services: ['telegram'] })]), 0)
    assert.equal(shown([claim({ since: '2026-03-08', until: '2026-03-08' })]), 0)
    assert.equal(shown([claim({ since: '2026-03-05', until: '2026-03-05' })]), 1)
    assert.equal(shown([claim({ services: ['telegram'] }), claim({ services: ['youtube'] })]), 1)
  })

  it('leaves the number of statements of these days what it is in the chronicle', () => {
    const incident = SAMPLE_KINDS.finished
    const other = sampleStatements.map((one) => ({ ...one, claims: [claim({ services: ['telegram'] })] }))
    const record = { events: [], statements: other, simulated: incident.simulated }
    assert.equal(statementsAround('en', incident, { record }).length, 0)
    const own = { ...record, statements: sampleStatements }
    assert.ok(statementsOfDays(incident, record).length > 0)
    assert.equal(statementsOfDays(incident, record).length, statementsOfDays(incident, own).length)
  })
})
