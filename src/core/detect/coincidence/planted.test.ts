import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DAY_MS, HOUR_MS } from '../../model/duration.ts'
import { createRandom } from '../chain/random.ts'
import { plantedPower } from './planted.ts'
import { middleOf, type ShiftSeries } from './shift.ts'

function scattered(days: number): ShiftSeries {
  const random = createRandom(4)
  const pick = (share: number, hour: number): number[] =>
    Array.from({ length: days }, (_, day) => day).flatMap((day) =>
      random.next() < share ? [day * DAY_MS + (hour + random.next()) * HOUR_MS] : [],
    )
  const onsets = pick(0.15, 20).map((at) => [at])
  return { statistic: 'excess-of-onsets', onsets, events: pick(0.36, 19), from: 0, days, windowHours: [-1, 3] }
}

describe('plantedPower()', () => {
  const planting = {
    linear: { step: 'day', shifts: 19 },
    level: 0.05,
    runs: 60,
    found: 1,
    watched: () => true,
  } as const
  const power = (series: ShiftSeries, effect: number): number =>
    plantedPower(series, { ...planting, effect, random: createRandom(7) })

  it('rises with the effect and is small without one', () => {
    const series = scattered(182)
    assert.ok(power(series, 0) <= 0.1, String(power(series, 0)))
    assert.ok(power(series, 0.35) >= 0.5, String(power(series, 0.35)))
    assert.ok(power(series, 0.7) >= 0.95, String(power(series, 0.7)))
  })

  it('is less where restrictions are missed, dated roughly or not watched', () => {
    const series = scattered(182)
    const spread = (at: number): number[] => [-4, -2, 0, 2, 4].map((hours) => at + hours * HOUR_MS)
    const rough = { ...series, onsets: series.onsets.map((draws) => spread(middleOf(draws))) }
    const ask = (one: ShiftSeries, over: { found: number; watched?: (at: number) => boolean }): number =>
      plantedPower(one, { ...planting, ...over, effect: 0.5, random: createRandom(7) })
    const exact = ask(series, { found: 1 })
    assert.ok(ask(series, { found: 0.5 }) < exact)
    assert.ok(ask(rough, { found: 0.93 }) < ask(series, { found: 0.93 }))
    assert.ok(ask(series, { found: 0.93, watched: (at) => at < 60 * DAY_MS }) < exact / 2)
  })

  it('is nothing where the period is too short for either test', () => {
    assert.equal(power(scattered(60), 0.7), 0)
  })

  it('gives the same figure for the same seed', () => {
    assert.equal(power(scattered(182), 0.35), power(scattered(182), 0.35))
  })
})
