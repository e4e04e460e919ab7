import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { simulate } from './simulate.ts'

describe('simulate()', () => {
  it('gives the same series for the same seed and another one for another seed', () => {
    const options = { days: 7 }
    assert.deepEqual(simulate(11, options), simulate(11, options))
    assert.notDeepEqual(simulate(11, options).readings, simulate(12, options).readings)
  })
  it('gives readings in the order of time, within the series', () => {
    const { readings, truth } = simulate(3, { days: 10 })
    assert.ok(readings.length > 500)
    assert.ok(readings.every(({ at }, index) => at >= (readings[index - 1]?.at ?? truth.from)))
    assert.ok((readings.at(-1)?.at ?? Infinity) < truth.until + 3_600_000)
  })
  it('lets most targets fail inside a full restriction while controls pass, and few outside', () => {
    const inside = { failed: 0, all: 0 }
    const outside = { failed: 0, all: 0 }
    for (let seed = 0; seed < 20; seed++) {
      const { readings, truth } = simulate(seed, { days: 20, kind: 'evening', part: 'full', strangers: 0 })
      if (truth.throttled) continue
      for (const { at, target, control } of readings) {
        if (control !== 'ok') continue
        const count = truth.blocks.some(({ from, until }) => from <= at && at < until) ? inside : outside
        count.all += 1
        if (target === 'fail') count.failed += 1
      }
    }
    assert.ok(inside.failed / inside.all > 0.85, `${inside.failed} of ${inside.all}`)
    assert.ok(outside.failed / outside.all < 0.06, `${outside.failed} of ${outside.all}`)
  })
  it('starts evening restrictions around 20 o’clock in Almaty', () => {
    const { truth } = simulate(5, { days: 180, kind: 'evening' })
    const hours = truth.blocks.map(({ from }) => (from / 3_600_000 + 5) % 24)
    const mean = hours.reduce((sum, hour) => sum + hour, 0) / hours.length
    assert.ok(Math.abs(mean - 20) < 0.75, `mean ${mean}`)
  })
  it('holds no restriction in a quiet series', () => {
    assert.deepEqual(simulate(8, { kind: 'quiet', days: 30 }).truth.blocks, [])
  })
  it('keeps the share of failures where exchanges depend on each other, and makes restrictions differ by device', () => {
    const sharesOf = (rho?: number): readonly number[] => {
      const shares: number[] = []
      for (let seed = 0; seed < 10; seed++) {
        const { readings, truth } = simulate(seed, {
          days: 20,
          kind: 'evening',
          part: 'by-exchange',
          probes: 6,
          strangers: 0,
          ...(rho === undefined ? {} : { rho }),
        })
        for (const block of truth.throttled ? [] : truth.blocks)
          for (const name of new Set(readings.map(({ probe }) => probe))) {
            const own = readings.filter(
              ({ probe, at, control }) => probe === name && control === 'ok' && block.from <= at && at < block.until,
            )
            if (own.length > 4) shares.push(own.filter(({ target }) => target === 'fail').length / own.length)
          }
      }
      return shares
    }
    const [few, many] = [sharesOf(), sharesOf(0.5)]
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
    const spread = (values: readonly number[]): number => mean(values.map((value) => (value - mean(values)) ** 2))
    assert.ok(Math.abs(mean(few) - mean(many)) < 0.06, `${mean(few)} and ${mean(many)}`)
    assert.ok(spread(many) > 1.5 * spread(few), `${spread(few)} and ${spread(many)}`)
  })
})
