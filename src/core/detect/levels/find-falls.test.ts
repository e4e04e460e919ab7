import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { InputError } from '../../model/errors.ts'
import { instant } from '../../model/units.ts'
import { againstControls } from './against-controls.ts'
import { findFalls } from './find-falls.ts'
import { outagesOfSignals } from './outages-in.ts'
import type { LevelSeries } from './level.ts'

describe('findFalls()', () => {
  const START = Date.UTC(2026, 0, 1)
  const STEP = 900_000
  /** Two weeks with a daily rhythm and a little noise; the level is multiplied by `factor` in a stretch. */
  const points = (factor: (at: number) => number) =>
    Array.from({ length: 14 * 96 }, (_, i) => {
      const at = START + i * STEP
      const daily = 1 + 0.5 * Math.sin(((at % DAY_MS) / DAY_MS) * 2 * Math.PI)
      return { at: instant(at), value: 1000 * daily * (1 + 0.02 * Math.sin(i * 12.9898)) * factor(at) }
    })

  it('dates a fall within one step and says how deep it was', () => {
    const [from, until] = [START + 5 * DAY_MS + 10.5 * HOUR_MS, START + 11 * DAY_MS + 2 * HOUR_MS]
    const { falls } = findFalls(points((at) => (at >= from && at < until ? 0.05 : 1)))
    assert.equal(falls.length, 1)
    assert.ok(falls[0]!.start[0]! <= from && from <= falls[0]!.start[1])
    assert.ok(falls[0]!.end[0] <= until && until <= falls[0]!.end[1]!)
    assert.ok(falls[0]!.start[1] - falls[0]!.start[0]! <= 2 * STEP)
    assert.ok(Math.abs(falls[0]!.median - 0.05) < 0.01)
  })

  it('takes neither the daily rhythm, nor noise, nor one low value for a fall', () => {
    assert.deepEqual(findFalls(points(() => 1)).falls, [])
    assert.deepEqual(findFalls(points((at) => (at === START + 5 * DAY_MS ? 0 : 1))).falls, [])
  })

  it('gives a fall that reaches the end of the series no end', () => {
    const { falls } = findFalls(points((at) => (at >= START + 12 * DAY_MS ? 0.3 : 1)))
    assert.equal(falls.length, 1)
    assert.equal(falls[0]?.end[1], undefined)
  })
})

describe('againstControls()', () => {
  const level = (place: string, values: readonly number[]): LevelSeries => ({
    source: 'google',
    signal: 'web',
    place,
    points: values.map((value, i) => ({ at: instant(i * 1000), value })),
  })

  it('takes away what falls everywhere, and leaves what falls in one place', () => {
    const [one] = againstControls([level('KZ', [10, 10, 5, 2]), level('UZ', [4, 4, 2, 4]), level('KG', [8, 8, 4, 8])])
    assert.equal(one?.controls, 2)
    assert.deepEqual(
      one?.level.points.map(({ value }) => value),
      [10, 10, 10, 2],
    )
  })

  it('gives a place alone back as it is', () => {
    const alone = level('KZ', [1, 2])
    assert.deepEqual(againstControls([alone]), [{ level: alone, controls: 0 }])
    const networks = [level('AS64496', [9, 1]), level('AS64497', [9, 1])]
    assert.deepEqual(
      againstControls(networks).map(({ controls }) => controls),
      [0, 0],
    )
  })
})

describe('outagesOfSignals()', () => {
  const about = { file: 'x', country: 'KZ' }
  const values = Array.from({ length: 10 * 96 }, (_, i) => (i >= 500 && i < 540 ? 5 : 100 + (i % 3)))
  const signal = { datasource: 'bgp', from: Date.UTC(2026, 0, 1) / 1000, step: 900, values }
  const text = JSON.stringify({
    data: [
      [
        { ...signal, entityType: 'country', entityCode: 'KZ' },
        { ...signal, entityType: 'asn', entityCode: '64496' },
      ],
    ],
  })

  it('gives falls to one half or less as outages of all networks or of one, and nothing for a shallow fall', () => {
    assert.deepEqual(
      outagesOfSignals(text, about).map(({ network }) => network),
      [undefined, 'AS64496'],
    )
    const shallow = JSON.stringify({
      data: [{ ...signal, entityCode: 'KZ', values: values.map((value) => Math.max(value, 70)) }],
    })
    assert.deepEqual(outagesOfSignals(shallow, about), [])
    assert.throws(() => outagesOfSignals('{"data":[]}', about), InputError)
  })

  it('takes none of traffic to one company, of a region or of another country', () => {
    const of = (more: object): string =>
      JSON.stringify({ data: [{ ...signal, entityType: 'asn', entityCode: '64497', values: values.map(() => 100) }, { ...signal, ...more }] }) // prettier-ignore
    const kz = { entityType: 'country', entityCode: 'KZ' }
    for (const datasource of ['gtr', 'gtr-norm', 'gtr-sarima', 'ping-slash24-loss'])
      assert.deepEqual(outagesOfSignals(of({ ...kz, datasource, subtype: 'YOUTUBE' }), about), [])
    for (const datasource of ['ping-slash24', 'merit-nt', 'ucsd-nt'])
      assert.equal(outagesOfSignals(of({ ...kz, datasource }), about).length, 1)
    assert.deepEqual(outagesOfSignals(of({ entityType: 'country', entityCode: 'RU' }), about), [])
    assert.deepEqual(outagesOfSignals(of({ entityType: 'region', entityCode: '1', entityName: 'Almaty' }), about), [])
    const abroad = JSON.stringify({ data: [{ ...signal, entityType: 'country', entityCode: 'RU' }] })
    assert.throws(() => outagesOfSignals(abroad, about), InputError)
  })
})
