import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HOUR_MS } from '../../core/model/duration.ts'
import type { Edge, Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn, parseInstant, type Instant } from '../../core/model/units.ts'
import { sampleCause, sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import { totalHours, reckon } from './restricted-hours.ts'

const SINCE = parseInstant('2026-03-01T00:00:00Z')
const UNTIL = parseInstant('2026-04-01T00:00:00Z')
const at = (hours: number): Instant => instant(SINCE + hours * HOUR_MS)

/** An edge `spread` hours wide on either side. */
const edge = (hours: number, spread = 0): Edge => ({
  kind: 'dated',
  median: at(hours),
  lo95: at(hours - spread),
  hi95: at(hours + spread),
  bracket: [at(hours - spread), at(hours + spread)],
})
let number = 0
function incident(from: number, until: number, change: Partial<Incident> = {}, spread = 0): Incident {
  number++
  return sampleIncident({ id: `one-${number}`, start: edge(from, spread), end: edge(until, spread), ...change })
}
const count = (incidents: readonly Incident[], services?: readonly string[]) =>
  reckon(incidents, { since: SINCE, until: UNTIL, services })
const OTHER = { asn: parseAsn(64497) }
const word = (name: 'fault' | 'not-determined' | 'insufficient'): Partial<Incident> => ({
  cause: sampleCause({ word: name }),
})

describe('hoursOf()', () => {
  it('is never more than the sum and never less than the longest, and does not depend on the order', () => {
    const stretches = fc.array(
      fc.record({ from: fc.integer({ min: 0, max: 100 }), length: fc.integer({ min: 0, max: 50 }) }),
      { maxLength: 20 },
    )
    fc.assert(
      fc.property(stretches, (list) => {
        const spans = list.map(({ from, length }) => ({ from: from * HOUR_MS, until: (from + length) * HOUR_MS }))
        const found = totalHours(spans)
        const inside = new Set(list.flatMap(({ from, length }) => Array.from({ length }, (_, hour) => from + hour)))
        assert.equal(found, inside.size)
        assert.equal(totalHours(spans.toReversed()), found)
      }),
    )
  })
})

describe('reckon()', () => {
  it('counts the time of two networks or services at once a single time', () => {
    const found = count([
      incident(10, 12),
      incident(11, 13, OTHER),
      incident(11, 12, { service: 'facebook' }),
      incident(20, 21),
    ])
    assert.equal(found.restricted.incidents, 4)
    assert.deepEqual(found.restricted.hours, { least: 4, middle: 4, most: 4 })
    assert.deepEqual(
      found.byService.map(({ service, hours }) => [service, hours.middle]),
      [
        ['youtube', 4],
        ['facebook', 1],
      ],
    )
    assert.deepEqual(
      found.byNetwork.map(({ asn, hours }) => [asn, hours.middle]),
      [
        [64500, 3],
        [64497, 2],
      ],
    )
  })

  it('gives as bounds what every edge at its own bound would give, never less than nothing', () => {
    assert.deepEqual(count([incident(10, 12, {}, 0.5)]).restricted.hours, { least: 1, middle: 2, most: 3 })
    assert.deepEqual(count([incident(10, 11, {}, 2)]).restricted.hours, { least: 0, middle: 1, most: 5 })
  })

  it('takes of an incident that lasts into the period only what is in it, and leaves out what ended before', () => {
    const found = count([incident(-3, 2), incident(-9, -5), incident(31 * 24 - 1, 31 * 24 + 5)])
    assert.equal(found.restricted.incidents, 2)
    assert.equal(found.restricted.hours.middle, 3)
  })

  it('counts nothing for faults, for what is insufficient and for what was withdrawn, and says how many there were', () => {
    const found = count([
      incident(10, 12, word('fault')),
      incident(20, 22, word('insufficient')),
      incident(30, 32, { state: 'insufficient' }),
      incident(40, 42, { withdrawn: true }),
    ])
    assert.equal(found.restricted.incidents, 0)
    assert.equal(found.restricted.hours.most, 0)
    assert.equal(found.byWord.fault.hours.middle, 2)
    assert.equal(found.insufficient, 2)
    assert.equal(found.withdrawn, 1)
    assert.ok(found.weeks.every(({ blocking, other, most }) => blocking + other + most === 0))
  })

  it('takes of an unknown start or end, and of one that goes on, only the time between failed measurements', () => {
    const open: Edge = { kind: 'open', bracket: [undefined, at(10)] }
    const running: Edge = { kind: 'open', bracket: [at(12), undefined] }
    const found = count([incident(0, 0, { start: open, end: running, running: true })])
    assert.deepEqual(found.restricted.hours, { least: 2, middle: 2, most: 2 })
    assert.equal(found.openEdges, 1)
  })

  it('counts the services of the demand alone', () => {
    const both = [incident(10, 12), incident(20, 23, { service: 'facebook' })]
    assert.equal(count(both, ['facebook']).restricted.hours.middle, 3)
    assert.equal(count(both, ['signal']).restricted.incidents, 0)
  })

  it('lays the hours into weeks that add up, blocking apart from what is not determined', () => {
    const found = count([
      incident(10, 12),
      incident(11, 14, { ...OTHER, ...word('not-determined') }),
      incident(166, 170),
    ])
    const [first, second] = found.weeks
    assert.deepEqual([first?.blocking, first?.other], [4, 2])
    assert.deepEqual([second?.blocking, second?.other], [2, 0])
    const sum = found.weeks.reduce((hours, { blocking, other }) => hours + blocking + other, 0)
    assert.equal(sum, found.restricted.hours.middle)
    assert.equal(found.weeks.at(-1)?.until, UNTIL)
  })

  it('lays many years into bins of four weeks, and nothing into a period of no length', () => {
    const years = reckon([], { since: parseInstant('2016-01-01'), until: UNTIL })
    assert.ok(years.weeks.length < 140 && years.weeks.length > 100)
    assert.deepEqual(reckon([], { since: SINCE, until: SINCE }).weeks, [])
  })

  it('never gives fewer hours for more incidents', () => {
    const list = fc.array(fc.tuple(fc.integer({ min: -50, max: 800 }), fc.integer({ min: 1, max: 30 })), {
      minLength: 1,
      maxLength: 12,
    })
    fc.assert(
      fc.property(list, (spans) => {
        const incidents = spans.map(([from, length]) => incident(from, from + length, {}, 0.4))
        const all = count(incidents).restricted.hours
        const fewer = count(incidents.slice(1)).restricted.hours
        for (const bound of ['least', 'middle', 'most'] as const) assert.ok(all[bound] >= fewer[bound] - 1e-9)
        assert.ok(all.least <= all.middle && all.middle <= all.most)
      }),
      { numRuns: 60 },
    )
  })
})
