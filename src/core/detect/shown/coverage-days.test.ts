import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Reading } from '../../model/measured/reading.ts'
import { parseAsn, parseInstant } from '../../model/units.ts'
import { columnsOf } from '../chain/columns.ts'
import { coverageDays } from './coverage-days.ts'

const OF = { service: 'youtube', asn: parseAsn(64500), simulated: true }
const reading = (at: string, probe: string, target: Reading['target'] = 'ok'): Reading => ({
  at: parseInstant(at),
  probe,
  target,
  control: 'ok',
  canary: 'none',
  artefact: false,
  scheduled: true,
})

describe('coverageDays()', () => {
  it('counts hours with a usable reading and distinct probes, day by day of UTC', () => {
    const columns = columnsOf([
      reading('2026-03-05T00:10:00Z', 'a'),
      reading('2026-03-05T00:50:00Z', 'b', 'fail'),
      reading('2026-03-05T23:59:59Z', 'a'),
      reading('2026-03-06T00:00:00Z', 'a'),
    ])
    assert.deepEqual(coverageDays(columns, OF), [
      { ...OF, day: parseInstant('2026-03-05'), hours: 2, probes: 2 },
      { ...OF, day: parseInstant('2026-03-06'), hours: 1, probes: 1 },
    ])
  })

  it('counts no reading that says nothing about the service, and does not count an unknown probe', () => {
    const columns = columnsOf([reading('2026-03-05T01:00:00Z', 'a', 'none'), reading('2026-03-05T02:00:00Z', '')])
    assert.deepEqual(coverageDays(columns, OF), [{ ...OF, day: parseInstant('2026-03-05'), hours: 1, probes: 0 }])
  })

  it('counts no failure of a line that was down, because it hides a restriction as well as anything', () => {
    const down = { ...reading('2026-03-05T01:00:00Z', 'a', 'fail'), canary: 'fail' } as const
    assert.deepEqual(coverageDays(columnsOf([down]), OF), [])
    assert.equal(coverageDays(columnsOf([{ ...down, canary: 'ok' }]), OF).length, 1)
  })
})
