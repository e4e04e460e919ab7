import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { goesOn } from '../../core/model/incident/bounds.ts'
import { sampleIncident } from '../../../test/kit/evening/incident-sample.ts'
import type { Incident } from '../../core/model/incident/incident.ts'
import { instant, parseAsn, parseInstant } from '../../core/model/units.ts'
import type { RecentSeries } from '../../store/warehouse/contract.ts'
import { cellAt, covers, spokenAt } from './cell-at.ts'

const at = (clock: string) => parseInstant(`2026-03-05T${clock}Z`)
const NOW = at('18:00:00')
const ENDED = sampleIncident() // from 15:02 to 17:04
const running = (change: Partial<Incident> = {}): Incident =>
  sampleIncident({ running: true, end: { kind: 'open', bracket: [at('17:55:00'), undefined] }, ...change })
const recent = (kinds: Partial<RecentSeries['kinds']>): RecentSeries => {
  const all = { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0, ...kinds }
  const devices = Object.values(all).reduce((sum, n) => sum + n)
  return { service: 'youtube', asn: parseAsn(64500), kinds: all, devices, measurements: 3 * devices, latest: NOW }
}
const stateOf = (kinds: Partial<RecentSeries['kinds']> | undefined, incidents: readonly Incident[] = []): string =>
  cellAt(NOW, { recent: kinds === undefined ? undefined : recent(kinds), incidents }).state

describe('covers()', () => {
  it('begins at the middle of the start and ends at the middle of the end', () => {
    assert.equal(covers(ENDED, at('15:01:59')), false)
    assert.equal(covers(ENDED, at('15:02:00')), true)
    assert.equal(covers(ENDED, at('17:03:59')), true)
    assert.equal(covers(ENDED, at('17:04:00')), false)
  })

  it('holds a running one for three hours after its last failed measurement, and a withdrawn one never', () => {
    assert.equal(covers(running(), at('20:55:00')), true)
    assert.equal(covers(running(), at('20:55:01')), false)
    assert.equal(covers(running({ withdrawn: true }), NOW), false)
  })

  it('knows nothing of an incident without any time', () => {
    const open = { kind: 'open', bracket: [undefined, undefined] } as const
    assert.equal(covers(running({ start: open, end: open }), NOW), false)
  })
})

describe('spokenAt()', () => {
  it('tells an incident in the past once its last failed measurement is three hours old, and leaves its end open', () => {
    assert.equal(spokenAt(running(), at('20:55:00')).running, true)
    const silent = spokenAt(running(), at('20:55:01'))
    assert.deepEqual([silent.running, silent.end], [false, running().end])
    assert.equal(spokenAt(ENDED, at('20:55:01')), ENDED)
  })

  it('describes one whose end was not seen in the present tense, though its revision was made long after its last measurement', () => {
    const open = running({ running: false, revisedAt: parseInstant('2026-03-07T09:00:00Z') })
    assert.equal(goesOn(spokenAt(open, NOW)), true)
    assert.equal(goesOn(spokenAt(open, at('20:55:01'))), false)
    assert.equal(goesOn(spokenAt({ ...open, withdrawn: true }, NOW)), false)
    assert.equal(spokenAt(open, at('14:00:00')).running, false)
  })
})

describe('cellAt()', () => {
  it('says what a running incident says, even if single measurements show otherwise', () => {
    const states = ['restricted', 'partly-restricted', 'throttled', 'insufficient'] as const
    assert.deepEqual(
      states.map((state) => stateOf({ reachable: 9 }, [running({ state })])),
      ['shut', 'part', 'slow', 'unkn'],
    )
    assert.equal(stateOf({}, [running({ state: 'throttled' }), running()]), 'shut')
  })

  it('forgets an incident that ended', () => assert.equal(stateOf({ reachable: 5 }, [ENDED]), 'open'))

  it('never says of interfered measurements alone that a service does not open', () => {
    assert.equal(stateOf({ interfered: 1 }), 'unkn')
    assert.equal(stateOf({ interfered: 40 }), 'unkn')
    assert.equal(stateOf({ reachable: 1, interfered: 1 }), 'unkn')
  })

  it('follows two of three devices', () => {
    assert.equal(stateOf({ reachable: 2, interfered: 1 }), 'open')
    assert.equal(stateOf({ reachable: 3, interfered: 2 }), 'unkn')
    assert.equal(stateOf({ reachable: 1, unreachable: 2 }), 'fault')
    assert.equal(stateOf({ reachable: 1, inconclusive: 9 }), 'open')
  })

  it('distinguishes what could not be determined from what was not measured', () => {
    assert.equal(stateOf({ inconclusive: 2 }), 'unkn')
    assert.equal(stateOf(undefined), 'none')
    assert.deepEqual(cellAt(NOW, { incidents: [] }), { state: 'none', devices: 0, measurements: 0 })
  })

  it('gives the devices and measurements behind it, and the incident', () => {
    const cell = cellAt(NOW, { recent: recent({ reachable: 3 }), incidents: [running()] })
    assert.deepEqual([cell.devices, cell.measurements, cell.incident?.state], [3, 9, 'restricted'])
  })

  it('does not look at what comes after', () => {
    assert.equal(cellAt(instant(at('14:00:00')), { incidents: [ENDED, running()] }).state, 'none')
  })
})
