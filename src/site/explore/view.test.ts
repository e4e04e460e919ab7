import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instant, parseInstant } from '../../core/model/units.ts'
import type { ExploredBin } from '../../store/warehouse/contract.ts'
import { periodOf } from '../query.ts'
import { binsOf, panelsOf } from './view.ts'

const bin = (at: number, counts: Partial<ExploredBin['kinds']>, more: Partial<ExploredBin> = {}): ExploredBin => ({
  bin: at,
  kinds: { reachable: 0, interfered: 0, unreachable: 0, inconclusive: 0, ...counts },
  devices: 5,
  unnamed: 0,
  mechanisms: {},
  layers: {},
  timed: 0,
  ...more,
})

describe('bins of a period', () => {
  it('are every day, week and hour of it, weeks from the Monday before', () => {
    const period = periodOf({ since: '2026-03-04', until: '2026-03-10' })
    const days = (by: 'day' | 'week'): readonly string[] =>
      binsOf(period, by).map((at) => new Date(at).toISOString().slice(0, 13))
    assert.deepEqual(days('day').length, 7)
    assert.deepEqual(days('week'), ['2026-03-01T19', '2026-03-08T19'])
    assert.equal(binsOf(period, 'hour').length, 7 * 24)
    assert.equal(binsOf(period, 'clock').length, 168)
  })

  it('of a period in which clocks were put back have a day of 25 hours and no day twice', () => {
    const period = periodOf({ since: '2024-02-27', until: '2024-03-03' })
    const days = binsOf(period, 'day')
    assert.equal(days.length, 6)
    assert.equal(new Set(days).size, 6)
    assert.equal(binsOf(period, 'hour').length, 6 * 24 + 1)
  })
})

describe('what is drawn', () => {
  const since = parseInstant('2026-03-04T19:00:00Z')
  const bins = [since, instant(since + 86_400_000)]
  const point = (one: ExploredBin, value: 'failed' | 'speed' = 'failed') =>
    panelsOf([{ service: 'youtube', bins: [one] }], { bins, value })[0]?.lines[0]?.points[0]

  it('is the share of settled measurements, with an interval by witnesses and not by measurements', () => {
    const found = point(bin(since, { reachable: 60, interfered: 30, unreachable: 10, inconclusive: 50 }))
    assert.equal(found?.value, 0.4)
    assert.equal(found?.settled, 100)
    assert.equal(found?.unsettled, 50)
    // Five devices, of which two fail: wide.
    assert.ok(found?.interval !== undefined && found.interval[0] < 0.15 && found.interval[1] > 0.75)
  })

  it('is nothing where measurements settled nothing, and not enough with two devices', () => {
    assert.equal(point(bin(since, { inconclusive: 9 }))?.value, undefined)
    assert.equal(point(bin(since, { reachable: 900 }, { devices: 2 }))?.enough, false)
    assert.equal(point(bin(since, { reachable: 9 }, { devices: 3 }))?.enough, true)
    assert.equal(point(bin(since, { reachable: 9 }, { devices: 0, unnamed: 9 }))?.enough, false)
    assert.equal(point(bin(since, { reachable: 10 }, { devices: 0, unnamed: 10 }))?.enough, true)
  })

  it('is of speed the ratio itself', () => {
    assert.equal(
      point(bin(since, { reachable: 9 }, { timed: 4, lnRatio: Math.log(3) }), 'speed')?.value?.toFixed(6),
      '3.000000',
    )
    assert.equal(point(bin(since, { reachable: 9 }), 'speed')?.value, undefined)
  })

  it('is of mechanisms one line each, the commonest first, and of every series its own', () => {
    const own = [
      bin(since, { reachable: 5, interfered: 5 }, { mechanisms: { 'tls.reset.sni': 2, 'dns.bogon': 3 } }),
      bin(since + 86_400_000, { reachable: 5, interfered: 5 }, { mechanisms: { 'tls.reset.sni': 5 } }),
    ]
    const panels = panelsOf(
      [
        { service: 'youtube', bins: own },
        { service: 'telegram', bins: [] },
      ],
      { bins, value: 'mechanism' },
    )
    assert.deepEqual(
      panels.map(({ series, lines }) => [series?.service, lines.map(({ key }) => key)]),
      [
        ['youtube', ['tls.reset.sni', 'dns.bogon']],
        ['telegram', []],
      ],
    )
    assert.deepEqual(
      panels[0]?.lines[0]?.points.map(({ value }) => value),
      [0.2, 0.5],
    )
  })

  it('never leaves its interval', () => {
    const count = fc.nat({ max: 500 })
    fc.assert(
      fc.property(
        count,
        count,
        count,
        count,
        fc.nat({ max: 40 }),
        (reachable, interfered, unreachable, inconclusive, devices) => {
          const found = point(bin(since, { reachable, interfered, unreachable, inconclusive }, { devices, unnamed: 1 }))
          if (found?.value === undefined || found.interval === undefined) return
          assert.ok(found.interval[0] <= found.value + 1e-12 && found.value <= found.interval[1] + 1e-12)
        },
      ),
    )
  })
})
