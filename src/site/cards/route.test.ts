import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { behind } from './route.ts'

describe('behind()', () => {
  const incident = sampleIncident()

  it('counts probes, and measurements where none is named', () => {
    assert.match(behind('en', { state: 'open', devices: 4, measurements: 9 }), /4/)
    assert.match(behind('en', { state: 'open', devices: 0, measurements: 9 }), /9/)
  })

  it('never says that nothing was measured where an incident says that it does not open', () => {
    const shown = behind('en', { state: 'shut', devices: 0, measurements: 0, incident })
    assert.match(shown, new RegExp(`${incident.probes}`))
    assert.equal(behind('en', { state: 'shut', devices: 0, measurements: 0, incident: { ...incident, probes: 0 } }), '')
  })
})
