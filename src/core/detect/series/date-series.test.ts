import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { makeCauseTable } from '../cause/table.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { createRandom } from '../chain/random.ts'
import { DAY_MS, MINUTE_MS } from '../../model/duration.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { loadCauseFile } from '../../../runtime/tables/cause-files.ts'
import { dateSeries } from './date-series.ts'
import { prepareSeries } from './outside-series.ts'

const BEGIN = Date.UTC(2024, 0, 1)

const { file, digest } = loadCauseFile()
const table = makeCauseTable(file, digest)
const flat = Array.from({ length: 24 }, () => 1)
const settings = defaultSettings({ zone: 'UTC', onsetHours: flat, loadHours: flat, draws: 500 })
const dateThem = (readings: readonly Reading[]) => dateSeries(readings, { settings, table })

interface Shape {
  readonly days: number
  /** Minutes between two rows, and devices that take turns. */
  readonly every: number
  readonly probes: number
  /** Days between which it is restricted, and the shares that fail inside and outside. */
  readonly restricted: readonly [number, number]
  readonly fails?: number
  readonly noise?: number
}

/** Devices take turns at an even distance; `over` makes each row what it is. */
function rowsOf(shape: Shape, over: (row: Reading, k: number) => Partial<Reading> = () => ({})): readonly Reading[] {
  const random = createRandom(11)
  const { days, every, probes, restricted, fails = 1, noise = 0.01 } = shape
  return Array.from({ length: Math.floor((days * 1440) / every) }, (_, k) => {
    const day = (k * every) / 1440
    const inside = day >= restricted[0] && day < restricted[1]
    const row: Reading = {
      at: instant(BEGIN + k * every * MINUTE_MS),
      probe: `p${k % probes}`,
      target: random.next() < (inside ? fails : noise) ? 'fail' : 'ok',
      control: 'none',
      canary: 'none',
      artefact: false,
      scheduled: true,
    }
    return { ...row, ...over(row, k) }
  })
}

const dayOf = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.round(((at - BEGIN) / DAY_MS) * 10) / 10

describe('dateSeries()', () => {
  it('finds a restriction however densely it was measured: the connection was not checked, so its outage explains nothing', () => {
    const { incidents } = dateThem(
      rowsOf({ days: 12, every: 1, probes: 7, restricted: [4, 9], fails: 0.97, noise: 0.03 }),
    )
    assert.deepEqual(
      incidents.map(({ found }) => [found.state, dayOf(found.start.median), dayOf(found.end.median)]),
      [['restricted', 4, 9]],
    )
  })

  it('takes a likelihood ratio at its word: no evening load is assumed instead', () => {
    const rows = rowsOf({ days: 20, every: 90, probes: 4, restricted: [8, 12] }, ({ target }) => ({
      log10Lr: target === 'fail' ? 1 : -1,
    }))
    const { incidents } = dateThem(rows)
    assert.deepEqual(
      incidents.map(({ found }) => [dayOf(found.start.median), dayOf(found.end.median)]),
      [[8, 12]],
    )
  })

  it('keeps months in one piece, though one exchange of five passes and two tests a day are made', () => {
    const { incidents } = dateThem(rowsOf({ days: 300, every: 700, probes: 3, restricted: [90, 220], fails: 0.8 }))
    assert.equal(incidents.length, 1)
    assert.equal(incidents[0]?.found.episodes, 1)
  })

  it('counts failures without a control where few of the failures have one, and says how many', () => {
    const rows = rowsOf({ days: 20, every: 60, probes: 3, restricted: [8, 12] }, ({ target }) => ({
      control: target === 'ok' ? 'ok' : 'none',
    }))
    const { incidents, left } = dateThem(rows)
    assert.equal(incidents.length, 1)
    assert.ok(left.counted >= 96, String(left.counted))
    assert.equal(left.uncontrolled, 0)
  })

  it('leaves failures without a control out where nearly all others have one', () => {
    const rows = rowsOf({ days: 20, every: 60, probes: 3, restricted: [8, 12] }, (_, k) => ({
      control: k % 24 === 0 ? 'none' : 'ok',
    }))
    const { left } = dateThem(rows)
    assert.ok(left.uncontrolled >= 4, String(left.uncontrolled))
    assert.equal(left.counted, 0)
  })

  it('sees no restriction in a total outage that the control or the line shared', () => {
    for (const half of [{ control: 'fail' }, { canary: 'fail' }] as const) {
      const up = 'control' in half ? ({ control: 'ok' } as const) : ({ canary: 'ok' } as const)
      const rows = rowsOf({ days: 20, every: 60, probes: 3, restricted: [8, 12] }, ({ target }) =>
        target === 'fail' ? half : up,
      )
      assert.deepEqual(dateThem(rows).incidents, [], JSON.stringify(half))
    }
  })

  it('gives the alarm that would have rung: later rows never change it', () => {
    const rows = rowsOf({ days: 40, every: 180, probes: 3, restricted: [8, 30] })
    const [whole] = dateThem(rows).incidents
    const [early] = dateThem(rows.filter(({ at }) => at < BEGIN + 10 * DAY_MS)).incidents
    assert.notEqual(whole?.found.alarm, undefined)
    assert.equal(whole?.found.alarm?.raisedAt, early?.found.alarm?.raisedAt)
  })

  it('does not give an incident the alarm of another one years before', () => {
    const before = rowsOf({ days: 10, every: 60, probes: 3, restricted: [5, 10] })
    const later = rowsOf({ days: 10, every: 60, probes: 3, restricted: [0, 5] })
    const years = 5 * 365 * DAY_MS
    const { incidents } = dateThem([...before, ...later.map((row) => ({ ...row, at: instant(row.at + years) }))])
    assert.equal(incidents.length, 2)
    assert.notEqual(incidents[0]?.found.alarm, undefined)
    assert.notEqual(incidents[1]?.found.alarm?.raisedAt, incidents[0]?.found.alarm?.raisedAt)
  })
})

describe('prepareSeries()', () => {
  it('takes rows for one device that follow each other within minutes, where every row names a device of its own', () => {
    const rows = rowsOf({ days: 1, every: 3, probes: 1, restricted: [0, 0] }, (_, k) => ({ probe: `m${k}` }))
    const apart = rowsOf({ days: 10, every: 60, probes: 1, restricted: [0, 0] }, (_, k) => ({ probe: `m${k}` }))
    assert.equal(new Set(prepareSeries(rows, settings).readings.map(({ probe }) => probe)).size, 120)
    assert.equal(new Set(prepareSeries(apart, settings).readings.map(({ probe }) => probe)).size, 240)
  })

  it('leaves a table alone whose devices come again', () => {
    const rows = rowsOf({ days: 5, every: 60, probes: 40, restricted: [2, 3] }, () => ({ control: 'ok', canary: 'ok' }))
    const prepared = prepareSeries(rows, settings)
    assert.deepEqual(prepared.readings, rows)
    assert.deepEqual(prepared.settings, {
      ...settings,
      peak: Math.min(settings.peak, 0.9),
      noLeakAtEdges: true,
      tailWithout: 0.1,
    })
  })
})
