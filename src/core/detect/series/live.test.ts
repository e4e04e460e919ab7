import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MINUTE_MS } from '../../model/duration.ts'
import type { Alarm } from '../../model/incident/incident.ts'
import type { Reading } from '../../model/measured/reading.ts'
import { instant } from '../../model/units.ts'
import { collapseBursts } from './bursts.ts'
import { columnsOf } from '../chain/columns.ts'
import { defaultSettings } from '../chain/default-settings.ts'
import { replayAlarms } from './live.ts'
import { placePoints } from '../chain/points.ts'
import { buildChain } from '../chain/transition.ts'

const settings = defaultSettings({ raise: 0.99, clear: 0.05 })
const chain = buildChain(settings)
const FROM = Date.parse('2025-01-15T12:00:00Z')

/** One reading each ten minutes and a second, so that each is a burst of its own, named by its probe and outcome, with P(restricted) after it. */
function replay(
  told: readonly (readonly [probe: string, target: 'ok' | 'fail', p: number, more?: Partial<Reading>])[],
): readonly Alarm[] {
  const readings = told.map(([probe, target, , more], k): Reading => ({
    at: instant(FROM + k * (10 * MINUTE_MS + 1000)),
    probe,
    target,
    control: 'ok',
    canary: 'ok',
    artefact: false,
    scheduled: true,
    ...more,
  }))
  const columns = columnsOf(readings)
  const bursts = collapseBursts(columns, { chain, settings, controlled: true })
  const points = placePoints(bursts, settings.zone)
  const restricted = Float64Array.from(points.burst, (burst) => (burst < 0 ? 0.5 : told[burst]![2])) // one burst for each
  return replayAlarms({ chain, points, bursts, probes: columns.probes, restricted, early: restricted }, settings)
}

const minutes = (alarms: readonly Alarm[]): readonly (readonly (number | boolean | undefined)[])[] =>
  alarms.map(({ raisedAt, clearedAt, floorMet }) => [
    Math.floor((raisedAt - FROM) / MINUTE_MS),
    clearedAt === undefined ? undefined : Math.floor((clearedAt - FROM) / MINUTE_MS),
    floorMet,
  ])

describe('replayAlarms()', () => {
  it('raises at the threshold, holds between both thresholds and clears at the lower one', () => {
    const alarms = replay([['a', 'fail', 0.5], ['c', 'fail', 0.6], ['b', 'fail', 0.992], ['a', 'ok', 0.4], ['b', 'fail', 0.995], ['a', 'ok', 0.04]]) // prettier-ignore
    assert.deepEqual(minutes(alarms), [[20, 50, true]])
  })

  it('counts from the moment at which two devices witness without any one of them', () => {
    const alarms = replay([['a', 'fail', 0.95], ['a', 'fail', 0.995], ['b', 'ok', 0.992], ['b', 'fail', 0.999], ['c', 'fail', 0.999]]) // prettier-ignore
    assert.deepEqual(minutes(alarms), [[40, undefined, true]])
    assert.deepEqual(
      minutes(
        replay([
          ['a', 'fail', 0.95],
          ['a', 'fail', 0.995],
        ]),
      ),
      [[10, undefined, false]],
    )
  })

  it('counts an unknown sender as no witness at all', () => {
    const alarms = replay([['', 'fail', 0.9], ['a', 'fail', 0.9], ['b', 'fail', 0.999]]) // prettier-ignore
    assert.deepEqual(minutes(alarms), [[20, undefined, false]])
  })

  it('takes a block page of one device for no more than one witness', () => {
    const page = { artefact: true, mechanism: 'http.blockpage' } as const
    assert.deepEqual(minutes(replay([['a', 'fail', 0.9, page], ['b', 'fail', 0.999]])), [[10, undefined, false]]) // prettier-ignore
  })

  it('takes one chance failure among many passages of a device for no witness', () => {
    const passages = Array.from({ length: 9 }, () => ['b', 'ok', 0.9] as const)
    const alarms = replay([['b', 'fail', 0.9], ...passages, ['a', 'fail', 0.9], ['c', 'fail', 0.999]])
    assert.deepEqual(minutes(alarms).map(([, , floor]) => floor), [false]) // prettier-ignore
  })

  it('does not flap: what rises again within an hour is the same alarm', () => {
    const first = [['c', 'fail', 0.9], ['a', 'fail', 0.9], ['b', 'fail', 0.999], ['a', 'ok', 0.03]] as const // prettier-ignore
    const soon = replay([...first, ['b', 'ok', 0.03], ['a', 'fail', 0.6], ['b', 'fail', 0.995]])
    assert.deepEqual(minutes(soon), [[20, undefined, true]])
    const quiet = Array.from({ length: 7 }, () => ['b', 'ok', 0.01] as const)
    assert.equal(replay([...first, ...quiet, ['a', 'fail', 0.6], ['b', 'fail', 0.995]]).length, 2)
  })
})
