import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Reading } from '../model/reading.ts'
import { instant, parseAsn, parseInstant } from '../model/units.ts'
import { coverageDays } from './coverage-days.ts'

const SERIES = { service: 'youtube', asn: parseAsn(64496), simulated: true }
const START = parseInstant('2025-03-05')
const reading = (hour: number, more: Partial<Reading> = {}): Reading => ({
  at: instant(START + hour * 3_600_000),
  probe: 'one',
  target: 'ok',
  control: 'ok',
  canary: 'ok',
  artefact: false,
  scheduled: true,
  ...more,
})

describe('coverageDays()', () => {
  it('counts hours and probes of each day once, oldest first', () => {
    const found = coverageDays(SERIES, [
      reading(25, { probe: 'two' }),
      reading(0),
      reading(0.5, { probe: 'two' }),
      reading(23.9),
    ])
    assert.deepEqual(
      found.map(({ day, hours, probes }) => [new Date(day).toISOString().slice(0, 10), hours, probes]),
      [
        ['2025-03-05', 2, 2],
        ['2025-03-06', 1, 1],
      ],
    )
    assert.ok(found.every(({ service, asn, simulated }) => service === 'youtube' && asn === 64496 && simulated))
  })

  it('leaves out what could have shown no restriction: a target not tried, and a line that was down', () => {
    assert.deepEqual(
      coverageDays(SERIES, [reading(1, { target: 'none' }), reading(2, { target: 'fail', canary: 'fail' })]),
      [],
    )
    assert.equal(coverageDays(SERIES, [reading(3, { target: 'fail' })]).length, 1)
  })

  it('takes everybody unknown for one probe', () => {
    const unknown = [1, 2, 3].map((hour) => reading(hour, { probe: '' }))
    assert.equal(coverageDays(SERIES, unknown)[0]?.probes, 1)
  })
})
