import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MINUTE_MS } from '../../model/duration.ts'
import type { DetectedIncident } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { columnsOf } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { buildChain } from '../chain/transition.ts'
import { collapseBursts, type Bursts } from './bursts.ts'
import { detectSeries } from './detect-series.ts'
import { rollOutsOf, seesReached } from './gradual.ts'

const settings = defaultSettings()
const chain = buildChain(settings)
const BEGIN = Date.UTC(2026, 0, 5)
const hour = (h: number): number => BEGIN + h * 60 * MINUTE_MS

/** A day of devices that test every 15 minutes; each fails from one hour to another, its control not or in part of the time. */
function readingsOf(
  failing: readonly (readonly [number, number])[],
  control: (at: number, device: number) => 'ok' | 'fail' = () => 'ok',
): readonly Reading[] {
  const readings = failing.flatMap(([from, until], device) =>
    Array.from({ length: 96 }, (_, k): Reading => {
      const at = hour(k / 4) + device * MINUTE_MS
      return {
        at: instant(at),
        probe: `p${device}`,
        target: at >= hour(from) && at < hour(until) ? 'fail' : 'ok',
        control: control(at, device),
        canary: 'ok',
        artefact: false,
        scheduled: true,
      }
    }),
  )
  return readings.toSorted((a, b) => a.at - b.at)
}

const dayOf = (failing: readonly (readonly [number, number])[]): Bursts =>
  collapseBursts(columnsOf(readingsOf(failing)), { chain, settings, controlled: true })

const LEAST = { devices: 3, share: 0.6 }
const ROLL_OUT = [
  [18, 20],
  [18.5, 20],
  [19, 20],
  [19.25, 20],
] as const

describe('rollOutsOf()', () => {
  it('finds devices that are reached one after the other, also while one device fails all day', () => {
    const [one, ...others] = rollOutsOf(dayOf(ROLL_OUT), LEAST)
    assert.deepEqual(one, { from: hour(18), latest: hour(19.25) + 3 * MINUTE_MS, to: hour(19.75) + 3 * MINUTE_MS })
    assert.deepEqual(others, [])
    const [also] = rollOutsOf(dayOf([...ROLL_OUT, [10, 24]]), LEAST)
    assert.deepEqual([also?.from, also?.latest], [one?.from, one?.latest])
  })

  it('finds none where every device fails for longer, or too few fail at once', () => {
    assert.deepEqual(rollOutsOf(dayOf(ROLL_OUT.map(([from]) => [from - 8, 20])), LEAST), [])
    assert.deepEqual(rollOutsOf(dayOf([...ROLL_OUT, ...Array.from({ length: 8 }, () => [0, 0] as const)]), LEAST), [])
  })
})

describe('seesReached()', () => {
  it('is false where the rest of long failures would look like short ones', () => {
    const sees = seesReached(dayOf([[2, 12]]))
    assert.deepEqual(
      [1, 3, 5, 7, 11, 13].map((h) => sees(hour(h))),
      [true, true, true, false, false, true],
    )
    assert.equal(seesReached(dayOf([[20, 24]]))(hour(26)), false)
  })
})

describe('gradualIncidents()', () => {
  const shown = (readings: readonly Reading[]): readonly DetectedIncident[] =>
    detectSeries(columnsOf(readings), defaultSettings({ draws: 500 }), { until: instant(hour(24)) }).incidents.filter(
      ({ state }) => state !== 'insufficient',
    )
  /** Reached at 15:05, 15:25 and 15:55, released at 16:15: three, two and one failure each. */
  const ONE_BY_ONE = [
    [15.05, 16.15],
    [15.4, 16.15],
    [15.9, 16.15],
    [15.6, 16.15],
  ] as const

  it('finds a restriction of an hour that reaches four devices one after the other', () => {
    const [one, ...others] = shown(readingsOf(ONE_BY_ONE))
    assert.deepEqual(others, [])
    assert.equal(one?.probesFailed, 4)
    assert.ok((one.start.lo95 ?? -Infinity) <= hour(15.05) && (one.start.hi95 ?? Infinity) >= hour(15))
  })

  it('finds nothing where the same failures come at different times, or controls fail as often', () => {
    const apart = ONE_BY_ONE.map(([from, until], device) => [from - 2 * device, until - 2 * device] as const)
    assert.deepEqual(shown(readingsOf(apart)), [])
    const loaded = (at: number, device: number): 'ok' | 'fail' =>
      at >= hour(14) && at < hour(17) && Math.floor(at / (15 * MINUTE_MS)) % 3 === device % 3 ? 'fail' : 'ok'
    assert.deepEqual(shown(readingsOf(ONE_BY_ONE.slice(0, 3), loaded)), [])
  })
})
